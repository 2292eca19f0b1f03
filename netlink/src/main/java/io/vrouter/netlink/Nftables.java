package io.vrouter.netlink;

import io.vrouter.netlink.netfilter.GenerationCodec;
import io.vrouter.netlink.socket.KernelSocket;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Netlink;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The generation of nftables' rules in one network namespace: a change without a listing. One
 * thread at a time.
 */
public final class Nftables implements AutoCloseable {
  private static final int RECEIVE_BUFFER = 64 * 1024;

  private final Conversation conversation;

  private Nftables(NetlinkSocket socket) {
    conversation = new Conversation(socket);
  }

  /**
   * In the calling thread's network namespace.
   *
   * @throws NetlinkException when the kernel gives no socket
   */
  public static Nftables open() {
    return opened(
        "open an nftables socket",
        () -> KernelSocket.open(Netlink.NETLINK_NETFILTER, RECEIVE_BUFFER));
  }

  /**
   * In another network namespace: a file such as /proc/PID/ns/net.
   *
   * @throws NetlinkException when the kernel gives no socket
   */
  public static Nftables open(Path netns) {
    return opened(
        "open an nftables socket in " + netns,
        () -> KernelSocket.open(netns, Netlink.NETLINK_NETFILTER, RECEIVE_BUFFER));
  }

  private static Nftables opened(String op, Supplier<NetlinkSocket> open) {
    try {
      return new Nftables(open.get());
    } catch (SyscallException e) {
      throw new NetlinkException(op, e.errno(), e.op(), e);
    }
  }

  /**
   * Number of transactions so far: each change of rules adds one. Wraps at 2^32.
   *
   * @throws NetlinkException when the kernel can't be asked, e.g. without the module nf_tables
   */
  public int generation() {
    return conversation
        .query(GenerationCodec.get(), GenerationCodec.NFT_MSG_NEWGEN, List.of())
        .map(GenerationCodec::decode)
        .orElseThrow(
            () -> new NetlinkException("ask for nftables' generation", Errno.EINVAL, "", -1));
  }

  /** Idempotent. */
  @Override
  public void close() {
    conversation.close();
  }
}
