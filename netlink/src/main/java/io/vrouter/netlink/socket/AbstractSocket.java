package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A UNIX socket in the abstract namespace (unix(7)). That namespace is one per network namespace,
 * independent of mounts, and the kernel frees a name when its holder ends in any way. The socket
 * listens, so that other processes can query the holder's user (SO_PEERCRED), and accepts no
 * connection. Any user may take any name. Thread-safe.
 */
public final class AbstractSocket implements AutoCloseable {
  /** Octets a name may have: {@code sun_path} less the leading zero. */
  public static final int MAX_NAME = 107;

  private static final int AF_UNIX = 1;
  private static final int BACKLOG = 128;

  private final int fd;
  private boolean closed;

  private AbstractSocket(int fd) {
    this.fd = fd;
  }

  /**
   * Takes a name in the calling thread's network namespace.
   *
   * @param name 1 to {@link #MAX_NAME} octets of UTF-8, without the leading zero
   * @return empty when the name is taken
   * @throws SyscallException when the kernel refuses for another reason
   */
  public static Optional<AbstractSocket> take(String name) {
    ByteBuffer address = address(name);
    int fd = LibC.socket(AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK, 0);
    try {
      LibC.bind(fd, address);
      LibC.listen(fd, BACKLOG);
    } catch (SyscallException e) {
      LibC.close(fd);
      if (e.errno() == Errno.EADDRINUSE) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(new AbstractSocket(fd));
  }

  /**
   * The user whose process took a name (SO_PEERCRED).
   *
   * @return a user's number; empty when no process has the name, or the holder doesn't listen or
   *     has too many connections waiting
   * @throws SyscallException when the kernel refuses for another reason
   */
  public static OptionalInt holder(String name) {
    ByteBuffer address = address(name);
    int fd = LibC.socket(AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK, 0);
    try {
      LibC.connect(fd, address);
      ByteBuffer credentials = MessageHeader.direct(3 * Integer.BYTES);
      LibC.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEERCRED, credentials);
      return OptionalInt.of(credentials.getInt(Integer.BYTES));
    } catch (SyscallException e) {
      if (e.errno() == Errno.ECONNREFUSED
          || e.errno() == Errno.EAGAIN
          || e.errno() == Errno.EPROTOTYPE) {
        return OptionalInt.empty();
      }
      throw e;
    } finally {
      LibC.close(fd);
    }
  }

  private static ByteBuffer address(String name) {
    byte[] octets = name.getBytes(StandardCharsets.UTF_8);
    if (octets.length == 0 || octets.length > MAX_NAME) {
      throw new IllegalArgumentException(
          "a socket name has 1 to " + MAX_NAME + " octets, '" + name + "' has " + octets.length);
    }
    ByteBuffer address = MessageHeader.direct(2 + 1 + octets.length);
    address.putShort((short) AF_UNIX).put((byte) 0).put(octets).flip();
    return address;
  }

  /** As above, in another network namespace. The calling thread stays where it is. */
  public static Optional<AbstractSocket> take(Path netns, String name) {
    return Netns.call(netns, () -> take(name));
  }

  /** Releases the name. Idempotent. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
    }
  }
}
