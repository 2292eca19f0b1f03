package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Netlink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;

/** A netlink socket of the running kernel. */
public final class KernelSocket implements NetlinkSocket {
  /** The kernel fills datagrams of a dump up to 32 KiB when the receiver has room. */
  private static final int RECEIVE_SIZE = 64 * 1024;

  private static final int SOCKADDR_NL = 12;
  private static final int NL_PID = 4;
  private static final Received NOTHING = new Received.Nothing();
  private static final Received OVERRUN = new Received.ReceiveOverrun();
  private static final Received CLOSED = new Received.Closed();

  /** One header per thread, not per socket: only the garbage collector frees direct memory. */
  private static final ThreadLocal<MessageHeader> HEADERS =
      ThreadLocal.withInitial(() -> new MessageHeader(SOCKADDR_NL, RECEIVE_SIZE, 0));

  private final int fd;
  private final int wake;
  private volatile boolean closing;
  private boolean closed;

  private KernelSocket(int fd, int wake) {
    this.fd = fd;
    this.wake = wake;
  }

  /**
   * A socket in the calling thread's network namespace.
   *
   * @param protocol NETLINK_
   * @param receiveBuffer octets the kernel may queue; beyond the system's limit only with
   *     CAP_NET_ADMIN, else at most the limit
   * @param groups multicast groups to listen to, by number from 1; none for a socket of requests
   * @throws SyscallException when the kernel refuses
   */
  public static KernelSocket open(int protocol, int receiveBuffer, int... groups) {
    int fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW, protocol);
    int wake = -1;
    try {
      wake = LibC.eventfd();
      if (LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, receiveBuffer) != 0) {
        require(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, receiveBuffer);
      }
      require(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_EXT_ACK, 1);
      require(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_CAP_ACK, 1);
      require(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_GET_STRICT_CHK, 1);
      ByteBuffer any = MessageHeader.direct(SOCKADDR_NL);
      any.putShort(0, (short) LibC.AF_NETLINK);
      LibC.bind(fd, any);
      for (int group : groups) {
        require(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_ADD_MEMBERSHIP, group);
      }
      return new KernelSocket(fd, wake);
    } catch (RuntimeException e) {
      LibC.close(fd);
      if (wake >= 0) {
        LibC.close(wake);
      }
      throw e;
    }
  }

  /** As above, in another network namespace. The calling thread stays where it is. */
  public static KernelSocket open(Path netns, int protocol, int receiveBuffer, int... groups) {
    return Netns.call(netns, () -> open(protocol, receiveBuffer, groups));
  }

  private static void require(int fd, int level, int option, int value) {
    int errno = LibC.setsockopt(fd, level, option, value);
    if (errno != 0) {
      throw new SyscallException("setsockopt " + option + " to " + value, errno);
    }
  }

  @Override
  public synchronized void send(ByteBuffer datagram) {
    if (closed) {
      throw new SyscallException("send on a closed socket", Errno.EBADF);
    }
    ByteBuffer direct = datagram;
    if (!datagram.isDirect()) {
      direct = MessageHeader.direct(datagram.remaining()).put(datagram.duplicate()).flip();
    }
    int sent = LibC.send(fd, direct);
    if (sent < 0) {
      throw new SyscallException("send " + datagram.remaining() + " octets to netlink", -sent);
    }
    datagram.position(datagram.limit());
  }

  @Override
  public synchronized Received receive(Duration timeout) {
    boolean waited = false;
    while (!closing && !closed) {
      MessageHeader header = HEADERS.get();
      int length = LibC.recvmsg(fd, header, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC);
      if (length >= 0) {
        if ((header.flags() & LibC.MSG_TRUNC) != 0) {
          HEADERS.set(new MessageHeader(SOCKADDR_NL, length, 0));
          return OVERRUN;
        }
        if (header.name().getInt(NL_PID) == 0) {
          return new Received.KernelDatagram(header.data(length).order(ByteOrder.nativeOrder()));
        }
        // Any process may send to any netlink socket: only messages of the kernel (pid 0) count.
        continue;
      }
      switch (-length) {
        case Errno.EAGAIN -> {
          if (waited) {
            return NOTHING;
          }
          waited = !LibC.poll(timeout, fd, wake);
        }
        case Errno.ENOBUFS -> {
          return OVERRUN;
        }
        default -> throw new SyscallException("receive from netlink", -length);
      }
    }
    return CLOSED;
  }

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      LibC.signal(wake);
    }
    // Waits for a pending receive, which the signal ends: a descriptor closed under it could
    // already belong to another file.
    synchronized (this) {
      if (!closed) {
        closed = true;
        LibC.close(fd);
        LibC.close(wake);
      }
    }
  }
}
