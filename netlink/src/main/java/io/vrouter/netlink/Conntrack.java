package io.vrouter.netlink;

import io.vrouter.netlink.netfilter.ConntrackCodec;
import io.vrouter.netlink.netfilter.ConntrackEntry;
import io.vrouter.netlink.socket.KernelSocket;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Netlink;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The connections that the kernel tracks in one network namespace.
 *
 * <p>One thread at a time; {@link #close} may come from any. Listing throws {@link
 * NetlinkException} when the kernel can't be asked, and needs CAP_NET_ADMIN and the module
 * nf_conntrack_netlink.
 */
public final class Conntrack implements AutoCloseable {
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

  private final Conversation conversation;

  private Conntrack(NetlinkSocket socket) {
    conversation = new Conversation(socket);
  }

  /** In the calling thread's network namespace. */
  public static Conntrack open() {
    return opened(
        "open a conntrack socket",
        () -> KernelSocket.open(Netlink.NETLINK_NETFILTER, RECEIVE_BUFFER));
  }

  /** In another network namespace: a file such as /proc/PID/ns/net. */
  public static Conntrack open(Path netns) {
    return opened(
        "open a conntrack socket in " + netns,
        () -> KernelSocket.open(netns, Netlink.NETLINK_NETFILTER, RECEIVE_BUFFER));
  }

  private static Conntrack opened(String op, Supplier<NetlinkSocket> open) {
    try {
      return new Conntrack(open.get());
    } catch (SyscallException e) {
      throw new NetlinkException(op, e.errno(), e.op(), e);
    }
  }

  /**
   * Passes each connection on as it is read and retains none: a table may hold hundreds of
   * thousands. A dump that lost a part is repeated, so a connection may come more than once.
   *
   * @param family AF_INET or AF_INET6
   * @param status IPS_ bits that all must be set, such as {@link ConntrackCodec#IPS_SRC_NAT}; 0 for
   *     all connections. The kernel filters by them since 5.15, before that this method does
   * @return whether every try lost a part
   */
  public boolean forEach(int family, int status, Consumer<? super ConntrackEntry> each) {
    return conversation.forEach(
        ConntrackCodec.list(family, status),
        ConntrackCodec.IPCTNL_MSG_CT_NEW,
        ConntrackCodec::decode,
        entry -> {
          if (entry.has(status)) {
            each.accept(entry);
          }
        });
  }

  /**
   * The connections that match, collected.
   *
   * @param family AF_INET or AF_INET6
   * @param status as for {@link #forEach}
   */
  public Dump<ConntrackEntry> list(
      int family, int status, Predicate<? super ConntrackEntry> matches) {
    return conversation.dump(
        ConntrackCodec.list(family, status),
        ConntrackCodec.IPCTNL_MSG_CT_NEW,
        ConntrackCodec::decode,
        entry -> entry.has(status) && matches.test(entry));
  }

  /**
   * Deletes entries: the next packet of each connection is a first packet again.
   *
   * @return one outcome per entry, in order; ENOENT when the entry was gone
   */
  public List<Outcome> delete(Collection<ConntrackEntry> entries) {
    return conversation.batch(entries.stream().map(ConntrackCodec::delete).toList());
  }

  /** Idempotent. */
  @Override
  public void close() {
    conversation.close();
  }
}
