package io.vrouter.mesh.agent;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket's file: bound under a temporary name and renamed when owner and mode are right. It is
 * the node's user's alone (0600); an agent without CAP_CHOWN leaves it to its own group (0660), in
 * which the node must then be. Peer credentials are checked besides.
 */
final class AgentSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentSocket.class);
  private static final int BACKLOG = 8;

  private final Path path;
  private final ServerSocketChannel channel;
  private final @Nullable Object key;

  private AgentSocket(Path path, ServerSocketChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.key = attributes(path).fileKey();
  }

  /**
   * Binds the path.
   *
   * @param user number of the node's user
   * @throws IOException when it can't be bound, or another agent answers there
   */
  static AgentSocket bind(Path path, int user) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
    refuseIfInUse(path);
    Files.deleteIfExists(fresh);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(fresh), BACKLOG);
      give(fresh, user);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new AgentSocket(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void give(Path socket, int user) throws IOException {
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    if (user == (Integer) Files.getAttribute(socket, "unix:uid")) {
      return;
    }
    try {
      Files.setAttribute(socket, "unix:uid", user);
    } catch (IOException e) {
      LOG.info(
          "no CAP_CHOWN: the socket {} is for the group {}",
          socket,
          Files.getAttribute(socket, "unix:gid"));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
    }
  }

  @SuppressWarnings("try") // held open, never used
  private static void refuseIfInUse(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!attributes(path).isOther()) {
      throw new IOException(path + " is there and is not a socket");
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException("another agent answers at " + path);
    } catch (ConnectException e) {
      LOG.info("the socket {} is of an agent that ended, and is replaced", path);
    }
  }

  ServerSocketChannel channel() {
    return channel;
  }

  /** Closes, and removes the file unless another agent has put its own there. */
  @Override
  public void close() {
    try {
      channel.close();
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && Objects.equals(attributes(path).fileKey(), key)) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("the socket {} could not be removed: {}", path, e.toString());
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
