package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Probes a host's kernel when no program of the host answers: a datagram to a closed port makes the
 * kernel send an ICMP error (RFC 1122, section 3.2.2.1), which the error queue of a connected
 * socket returns with its source address (ip(7), IP_RECVERR).
 */
public final class UdpErrorProbe {
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;

  /** Result of a probe. */
  public enum ProbeResult {
    /** An ICMP error, or a datagram, arrived from the probed address. */
    ANSWERED,
    /** Nothing arrived from the probed address. Errors from other addresses don't count. */
    SILENT,
    /** This host has no route to the peer: no evidence about the peer. */
    NOT_SENT
  }

  private UdpErrorProbe() {}

  /**
   * Sends datagrams from one socket until one is answered, and blocks the calling thread for at
   * most {@code datagrams} times {@code interval}.
   *
   * <p>Kernels limit port-unreachables: 6 at once, then 1 per s (icmp_ratelimit). So: few
   * datagrams.
   *
   * @param peer the host whose kernel is probed
   * @param port a closed port of the peer, 1 to 65,535
   * @param datagrams at least 1
   * @param interval between two datagrams, and after the last
   * @throws SyscallException when the kernel gives no socket
   */
  public static ProbeResult ask(InetAddress peer, int port, int datagrams, Duration interval) {
    boolean v4 = Family.of(peer) == Family.AF_INET;
    int fd = LibC.socket(Family.of(peer), LibC.SOCK_DGRAM, 0);
    try {
      int errno =
          v4
              ? LibC.setsockopt(fd, IPPROTO_IP, IcmpError.IP_RECVERR, 1)
              : LibC.setsockopt(fd, IPPROTO_IPV6, IcmpError.IPV6_RECVERR, 1);
      if (errno != 0) {
        throw new SyscallException("setsockopt IP_RECVERR", errno);
      }
      if (!connect(fd, IcmpError.address(peer, port))) {
        return ProbeResult.NOT_SENT;
      }
      MessageHeader header = new MessageHeader(28, 64, 512);
      boolean sent = false;
      for (int i = 0; i < datagrams; i++) {
        sent |= send(fd);
        if (answered(fd, header, peer, interval)) {
          return ProbeResult.ANSWERED;
        }
      }
      return sent ? ProbeResult.SILENT : ProbeResult.NOT_SENT;
    } finally {
      LibC.close(fd);
    }
  }

  private static boolean connect(int fd, ByteBuffer address) {
    try {
      LibC.connect(fd, address);
      return true;
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENETUNREACH
          || e.errno() == Errno.EHOSTUNREACH
          || e.errno() == Errno.EADDRNOTAVAIL
          || e.errno() == Errno.EACCES
          || e.errno() == Errno.EINVAL) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Sends an octet. A send first returns an earlier datagram's error and sends nothing: repeat it.
   */
  private static boolean send(int fd) {
    ByteBuffer octet = MessageHeader.direct(1);
    for (int i = 0; i < 3; i++) {
      int sent = LibC.send(fd, octet);
      if (sent >= 0) {
        return true;
      }
      if (sent != -Errno.ECONNREFUSED && sent != -Errno.EHOSTUNREACH) {
        return false;
      }
    }
    return false;
  }

  private static boolean answered(
      int fd, MessageHeader header, InetAddress peer, Duration interval) {
    long deadline = System.nanoTime() + interval.toNanos();
    long left;
    do {
      // At least one poll: a thread that was not scheduled finds the answer after the deadline.
      left = Math.max(0, deadline - System.nanoTime());
      if (!LibC.poll(Duration.ofNanos(left), fd)) {
        return false;
      }
      while (LibC.recvmsg(fd, header, LibC.MSG_ERRQUEUE | LibC.MSG_DONTWAIT) >= 0) {
        if (peer.equals(IcmpError.offender(header.control()))) {
          return true;
        }
      }
      // The socket is connected: any datagram is the peer's. A returned error is cleared.
      if (LibC.recvmsg(fd, header, LibC.MSG_DONTWAIT) >= 0) {
        return true;
      }
    } while (left > 0);
    return false;
  }
}
