package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Probes paths with datagrams of an exact size that no router may fragment (ip(7),
 * IP_PMTUDISC_PROBE; RFC 4821 section 7): a closed UDP port of the peer answers with an ICMP error,
 * which quotes the datagram's first octets (RFC 1122 section 3.2.2), and with them the cookie of
 * the probe.
 *
 * <p>Sending and receiving are for one thread each; {@link #close} may come from any.
 */
public final class PathProbeSocket implements AutoCloseable {
  /** Octets of the smallest IPv4 probe: header 20, UDP 8, cookie 8; IPv6 takes 20 more. */
  public static final int MIN_SIZE_IPV4 = 36;

  private static final int HEADERS_IPV4 = 28;
  private static final int HEADERS_IPV6 = 48;
  private static final int COOKIE = 8;

  /**
   * Limits the time of one {@link #await} when another host floods the socket: most datagrams read.
   */
  private static final int BACKLOG = 64;

  private static final int MAX_SIZE = 65_535;
  private static final int IPPROTO_IP = 0;
  private static final int IP_MTU_DISCOVER = 10;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_MTU_DISCOVER = 23;

  /** Sets don't-fragment and ignores the kernel's own path MTU. */
  private static final int PMTUDISC_PROBE = 3;

  /** The outcome of a send. */
  public enum Sent {
    SENT,
    /** The link's MTU on this host is smaller. */
    TOO_LARGE,
    /** This host has no route, or its kernel refuses: no evidence about the peer. */
    NOT_SENT
  }

  /**
   * An answer.
   *
   * @param peer source address of the ICMP error
   * @param cookie of the probe
   */
  public record PathAnswer(InetAddress peer, long cookie) {}

  private final int family;
  private final int fd;
  private final int wake;
  private volatile boolean closing;
  private boolean closed;

  private PathProbeSocket(int family, int fd, int wake) {
    this.family = family;
    this.fd = fd;
    this.wake = wake;
  }

  /**
   * Opens a socket in the calling thread's network namespace.
   *
   * @param family AF_INET or AF_INET6
   * @throws SyscallException when the kernel refuses
   */
  public static PathProbeSocket open(int family) {
    boolean v4 = family == Family.AF_INET;
    int fd = LibC.socket(family, LibC.SOCK_DGRAM, 0);
    int wake = -1;
    try {
      wake = LibC.eventfd();
      int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
      require(fd, level, v4 ? IcmpError.IP_RECVERR : IcmpError.IPV6_RECVERR, 1);
      require(fd, level, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
      return new PathProbeSocket(family, fd, wake);
    } catch (RuntimeException e) {
      LibC.close(fd);
      if (wake >= 0) {
        LibC.close(wake);
      }
      throw e;
    }
  }

  private static void require(int fd, int level, int option, int value) {
    int errno = LibC.setsockopt(fd, level, option, value);
    if (errno != 0) {
      throw new SyscallException("setsockopt " + option + " to " + value, errno);
    }
  }

  /**
   * Sends one probe.
   *
   * @param port a closed port of the peer, 1 to 65,535
   * @param size octets of the whole IP packet, from {@link #MIN_SIZE_IPV4} (IPv6: 20 more)
   * @param cookie comes back with the answer
   * @throws IllegalArgumentException for a size out of range
   */
  public Sent send(InetAddress peer, int port, int size, long cookie) {
    int headers = family == Family.AF_INET ? HEADERS_IPV4 : HEADERS_IPV6;
    if (size < headers + COOKIE || size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "a probe has %d to %d octets, not %d".formatted(headers + COOKIE, MAX_SIZE, size));
    }
    ByteBuffer datagram = MessageHeader.direct(size - headers);
    datagram.order(ByteOrder.BIG_ENDIAN).putLong(0, cookie);
    ByteBuffer address = IcmpError.address(peer, port);
    // The next send returns an earlier probe's error and sends nothing: repeat it.
    for (int i = 0; i < 3; i++) {
      int sent = LibC.sendto(fd, datagram, address);
      if (sent >= 0) {
        return Sent.SENT;
      }
      switch (-sent) {
        case Errno.EMSGSIZE -> {
          return Sent.TOO_LARGE;
        }
        case Errno.ECONNREFUSED, Errno.EHOSTUNREACH -> {
          continue;
        }
        default -> {
          return Sent.NOT_SENT;
        }
      }
    }
    return Sent.NOT_SENT;
  }

  /**
   * Waits for answers. ICMP errors may come from hosts other than the probed peer: the caller
   * compares addresses.
   *
   * @return empty after the timeout, and once closed
   */
  public synchronized List<PathAnswer> await(Duration timeout) {
    List<PathAnswer> answers = new ArrayList<>();
    if (closing || closed || !LibC.poll(timeout, fd, wake) || closing) {
      return answers;
    }
    MessageHeader header = new MessageHeader(28, 64, 512);
    int length;
    while ((length = LibC.recvmsg(fd, header, LibC.MSG_ERRQUEUE | LibC.MSG_DONTWAIT)) >= 0) {
      PathAnswer answer = answer(header, length);
      if (answer != null) {
        answers.add(answer);
      }
    }
    // A datagram proves nothing, since the port is closed: it is dropped with the pending error.
    int datagrams = 0;
    while (LibC.recvmsg(fd, header, LibC.MSG_DONTWAIT) != -Errno.EAGAIN && datagrams < BACKLOG) {
      datagrams++;
    }
    return answers;
  }

  private static @Nullable PathAnswer answer(MessageHeader header, int length) {
    InetAddress offender = IcmpError.offender(header.control());
    if (offender == null || length < COOKIE) {
      return null;
    }
    return new PathAnswer(offender, header.data(COOKIE).order(ByteOrder.BIG_ENDIAN).getLong(0));
  }

  /** Idempotent; ends a wait. */
  @Override
  public void close() {
    if (!closing) {
      closing = true;
      LibC.signal(wake);
    }
    synchronized (this) {
      if (!closed) {
        closed = true;
        LibC.close(fd);
        LibC.close(wake);
      }
    }
  }
}
