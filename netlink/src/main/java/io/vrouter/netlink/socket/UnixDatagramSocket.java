package io.vrouter.netlink.socket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Sends datagrams to one UNIX socket (unix(7)); the JDK has UNIX streams only. Thread-safe; nothing
 * blocks.
 */
public final class UnixDatagramSocket implements AutoCloseable {
  /** Octets a path or an abstract name may have, less the terminating or leading zero. */
  public static final int MAX_ADDRESS = 107;

  private static final int AF_UNIX = 1;

  private final int fd;
  private final byte[] address;
  private boolean closed;

  private UnixDatagramSocket(int fd, byte[] address) {
    this.fd = fd;
    this.address = address;
  }

  /**
   * Opens a socket that sends to an address.
   *
   * @param address a path, or {@code @NAME} for the abstract namespace
   * @throws SyscallException when the kernel refuses a socket
   * @throws IllegalArgumentException when the address is empty or too long
   */
  public static UnixDatagramSocket to(String address) {
    byte[] octets = address.getBytes(StandardCharsets.UTF_8);
    if (octets.length == 0 || octets.length > MAX_ADDRESS) {
      throw new IllegalArgumentException(
          "a socket address has 1 to " + MAX_ADDRESS + " octets, '" + address + "' is another");
    }
    if (octets[0] == '@') {
      octets[0] = 0;
    }
    return new UnixDatagramSocket(
        LibC.socket(AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK, 0), octets);
  }

  /**
   * Sends one datagram.
   *
   * @throws SyscallException when no socket receives there, or the receiver's queue is full
   */
  public synchronized void send(byte[] datagram) {
    if (closed) {
      return;
    }
    boolean path = address[0] != 0;
    ByteBuffer to = MessageHeader.direct(2 + address.length + (path ? 1 : 0));
    to.putShort((short) AF_UNIX).put(address);
    if (path) {
      to.put((byte) 0);
    }
    ByteBuffer octets = MessageHeader.direct(datagram.length).put(datagram).flip();
    int sent = LibC.sendto(fd, octets, to.flip());
    if (sent < 0) {
      throw new SyscallException("sendto", -sent);
    }
  }

  /** Idempotent. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
    }
  }
}
