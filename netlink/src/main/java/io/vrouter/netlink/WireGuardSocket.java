package io.vrouter.netlink;

import io.vrouter.netlink.generic.WgChange;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WgText;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * WireGuard devices of a userspace implementation such as {@code wireguard-go}, by the UNIX socket
 * of each. A process that hangs costs the caller {@link #PATIENCE} and no more.
 */
public final class WireGuardSocket implements WireGuardDevice {
  /** Where the implementations make their sockets. */
  public static final Path DIRECTORY = Path.of("/var/run/wireguard");

  /** Longest wait for an answer. */
  public static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A device with 4,096 peers has less than 2 MiB of text. */
  private static final int MOST = 8 * 1024 * 1024;

  private final Path directory;
  private final UnaryOperator<Payload> publicKey;

  /**
   * Opens nothing yet.
   *
   * @param publicKey the public key of a private one: the protocol has only the latter
   */
  public WireGuardSocket(Path directory, UnaryOperator<Payload> publicKey) {
    this.directory = directory;
    this.publicKey = publicKey;
  }

  /** The socket of a device. */
  public Path path(String name) {
    return directory.resolve(name + ".sock");
  }

  @Override
  public Optional<WgDevice> read(String name) {
    String op = "read WireGuard device " + name;
    if (!Files.exists(path(name), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      String answer = ask(op, name, WgText.GET);
      return Optional.of(WgText.device(name, answer, publicKey));
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ECONNREFUSED) {
        // The process is dead; its socket file stays behind.
        return Optional.empty();
      }
      throw e;
    } catch (DecodeException e) {
      throw new NetlinkException(op, Errno.EINVAL, "answer can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void set(WgChange change) {
    String op = change.toString();
    String unused = ask(op, change.device(), WgText.set(change));
  }

  private String ask(String op, String name, String request) {
    String answer;
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.connect(UnixDomainSocketAddress.of(path(name)));
      channel.configureBlocking(false);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      write(channel, selector, request, deadline);
      answer = read(channel, selector, deadline);
    } catch (IOException e) {
      throw new NetlinkException(op, Errno.ECONNREFUSED, String.valueOf(e.getMessage()), e);
    }
    int errno;
    try {
      errno = WgText.errno(answer);
    } catch (DecodeException e) {
      throw new NetlinkException(op, Errno.ETIMEDOUT, String.valueOf(e.getMessage()), e);
    }
    if (errno != 0) {
      throw new NetlinkException(op, errno, "", -1);
    }
    return answer;
  }

  private static void write(SocketChannel channel, Selector selector, String request, long deadline)
      throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (out.hasRemaining()) {
      if (channel.write(out) == 0 && !await(channel, selector, SelectionKey.OP_WRITE, deadline)) {
        return;
      }
    }
  }

  /** Reads to the empty line that ends an answer, or to the deadline. */
  private static String read(SocketChannel channel, Selector selector, long deadline)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(16 * 1024);
    boolean waiting = true;
    while (waiting && all.size() < MOST) {
      int count = channel.read(in);
      if (count > 0) {
        all.write(in.array(), 0, in.position());
        in.clear();
        waiting = !ends(all.toByteArray());
      } else {
        waiting = count == 0 && await(channel, selector, SelectionKey.OP_READ, deadline);
      }
    }
    return all.toString(StandardCharsets.US_ASCII);
  }

  private static boolean ends(byte[] octets) {
    int length = octets.length;
    return length > 1 && octets[length - 1] == '\n' && octets[length - 2] == '\n';
  }

  private static boolean await(
      SocketChannel channel, Selector selector, int operation, long deadline) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    channel.register(selector, operation);
    selector.selectedKeys().clear();
    return selector.select(Math.max(1, left / 1_000_000)) > 0;
  }
}
