package io.vrouter.netlink;

import io.vrouter.netlink.generic.FamilyCodec;
import io.vrouter.netlink.generic.Genl;
import io.vrouter.netlink.generic.WgChange;
import io.vrouter.netlink.generic.WgCodec;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WireGuard;
import io.vrouter.netlink.socket.KernelSocket;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Netlink;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Generic netlink of one network namespace: families, and the kernel's own WireGuard devices.
 *
 * <p>One thread at a time; errors are {@link NetlinkException}.
 */
public final class GenericNetlink implements WireGuardDevice, AutoCloseable {
  private static final int RECEIVE_BUFFER = 1024 * 1024;

  private final Conversation conversation;
  private @Nullable Integer wireguard;

  private GenericNetlink(NetlinkSocket socket) {
    conversation = new Conversation(socket);
  }

  /**
   * In the calling thread's network namespace.
   *
   * @throws NetlinkException when the kernel gives no socket
   */
  public static GenericNetlink open() {
    try {
      return new GenericNetlink(KernelSocket.open(Netlink.NETLINK_GENERIC, RECEIVE_BUFFER));
    } catch (SyscallException e) {
      throw new NetlinkException("open a generic netlink socket", e.errno(), e.op(), e);
    }
  }

  /** Over a given socket: a fake kernel's. */
  public static GenericNetlink over(NetlinkSocket socket) {
    return new GenericNetlink(socket);
  }

  /** The message type of a family; empty when the kernel doesn't have it. */
  public Optional<Integer> family(String name) {
    return conversation
        .query(FamilyCodec.request(name), Genl.GENL_ID_CTRL, List.of(Errno.ENOENT))
        .map(FamilyCodec::decode);
  }

  @Override
  public Optional<WgDevice> read(String name) {
    Optional<Integer> family = wireguard();
    if (family.isEmpty()) {
      return Optional.empty();
    }
    try {
      Dump<WgDevice> dump =
          conversation.dump(
              WgCodec.get(family.get(), name), family.get(), WgCodec::decode, all -> true);
      return WgDevice.joined(dump.entries());
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV || e.errno() == Errno.EOPNOTSUPP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void set(WgChange change) {
    int family =
        wireguard()
            .orElseThrow(
                () ->
                    new NetlinkException(
                        change.toString(), Errno.EOPNOTSUPP, "the kernel has no WireGuard", -1));
    for (Outcome outcome : conversation.batch(WgCodec.set(family, change))) {
      if (!outcome.ok()) {
        throw outcome.toException();
      }
    }
  }

  /** The module may be loaded later: only a found family is kept. */
  private Optional<Integer> wireguard() {
    Integer known = wireguard;
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Integer> found = family(WireGuard.WG_GENL_NAME);
    found.ifPresent(it -> wireguard = it);
    return found;
  }

  /** Idempotent. */
  @Override
  public void close() {
    conversation.close();
  }
}
