package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket at one address and port whose datagrams no router may fragment (ip(7),
 * IP_PMTUDISC_PROBE), which the JDK's can't be before 19. For one thread at a time; nothing blocks
 * except {@link #await}.
 */
public final class UnfragmentedSocket implements AutoCloseable {
  private static final int IPPROTO_IP = 0;
  private static final int IP_MTU_DISCOVER = 10;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_MTU_DISCOVER = 23;
  private static final int PMTUDISC_PROBE = 3;
  private static final int LARGEST = 16_384;

  private final InetAddress local;
  private final int fd;
  private final MessageHeader header;
  private boolean closed;

  /**
   * A received datagram.
   *
   * @param content valid until the next receive on the same socket
   */
  public record Inbound(InetAddress from, int port, ByteBuffer content) {}

  private UnfragmentedSocket(InetAddress local, int fd) {
    this.local = local;
    this.fd = fd;
    this.header = new MessageHeader(28, LARGEST, 0);
  }

  /**
   * Opens a socket in the calling thread's network namespace.
   *
   * @param local an address of this host: the source of all datagrams
   * @param port 1 to 65,535
   * @throws SyscallException EADDRINUSE when the port is taken, EADDRNOTAVAIL when the address is
   *     not this host's
   */
  public static UnfragmentedSocket open(InetAddress local, int port) {
    boolean v4 = Family.of(local) == Family.AF_INET;
    int fd = LibC.socket(Family.of(local), LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK, 0);
    try {
      int errno =
          LibC.setsockopt(
              fd,
              v4 ? IPPROTO_IP : IPPROTO_IPV6,
              v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
              PMTUDISC_PROBE);
      if (errno != 0) {
        throw new SyscallException("setsockopt IP_MTU_DISCOVER", errno);
      }
      LibC.bind(fd, IcmpError.address(local, port));
      return new UnfragmentedSocket(local, fd);
    } catch (RuntimeException e) {
      LibC.close(fd);
      throw e;
    }
  }

  /** The source address. */
  public InetAddress local() {
    return local;
  }

  /**
   * Sends one datagram.
   *
   * @return 0, or the error number, such as EMSGSIZE when this host's link takes less
   */
  public int send(InetAddress peer, int port, byte[] content) {
    ByteBuffer octets = MessageHeader.direct(content.length).put(content).flip();
    ByteBuffer address = IcmpError.address(peer, port);
    int sent = LibC.sendto(fd, octets, address);
    if (sent == -Errno.ECONNREFUSED) {
      // an earlier datagram's error: this one was not sent
      sent = LibC.sendto(fd, octets, address);
    }
    return sent < 0 ? -sent : 0;
  }

  /** The next datagram that has arrived, or null. */
  public @Nullable Inbound receive() {
    int length = LibC.recvmsg(fd, header, LibC.MSG_DONTWAIT);
    if (length == -Errno.ECONNREFUSED) {
      length = LibC.recvmsg(fd, header, LibC.MSG_DONTWAIT);
    }
    if (length < 0) {
      return null;
    }
    ByteBuffer name = header.name();
    boolean v4 = name.getShort(0) == Family.AF_INET;
    InetAddress from = Payload.from(name.slice(v4 ? 4 : 8, v4 ? 4 : 16)).ip();
    int port = name.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(2) & 0xFFFF;
    return new Inbound(from, port, header.data(length).order(ByteOrder.BIG_ENDIAN));
  }

  /** Waits until one of the sockets has a datagram or an error. */
  public static boolean await(Duration timeout, List<UnfragmentedSocket> sockets) {
    return LibC.poll(timeout, sockets.stream().mapToInt(socket -> socket.fd).toArray());
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
    }
  }
}
