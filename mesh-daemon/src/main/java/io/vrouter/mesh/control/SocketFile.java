package io.vrouter.mesh.control;

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
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket in the file system. It is bound under a temporary name and renamed when mode and group
 * are right, so that no client connects while the mode is wrong.
 */
final class SocketFile {
  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_AND_GROUP =
      PosixFilePermissions.fromString("rw-rw----");

  private final Path path;
  private final @Nullable Object key;
  private final ServerSocketChannel channel;

  private SocketFile(Path path, ServerSocketChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.key = attributes(path).fileKey();
  }

  /**
   * Binds the path.
   *
   * @param group whose members may connect, if the host has it
   */
  static SocketFile bind(Path path, String group) throws ControlException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    ServerSocketChannel channel = null;
    try {
      Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent());
      Files.createDirectories(directory);
      refuseIfInUse(path);
      Files.deleteIfExists(fresh);
      channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(fresh), 64);
      restrict(fresh, group);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new SocketFile(path, channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new ControlException(
          "control socket " + path + " can't be made: " + e,
          "let meshd write to " + path.getParent() + ", or name another path with --socket",
          e);
    }
  }

  ServerSocketChannel channel() {
    return channel;
  }

  Path path() {
    return path;
  }

  /** Closes, and removes the file unless another daemon has put its own there. */
  void close() {
    try {
      channel.close();
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && Objects.equals(attributes(path).fileKey(), key)) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("control socket {} could not be removed: {}", path, e.toString());
    }
  }

  @SuppressWarnings("try") // held open, never used
  private static void refuseIfInUse(Path path) throws IOException, ControlException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!attributes(path).isOther()) {
      throw new ControlException(
          path + " is there and is not a socket", "name another path with --socket", null);
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new ControlException(
          "another daemon answers at the control socket " + path,
          "stop it, or name another path with --socket",
          null);
    } catch (ConnectException e) {
      LOG.info("control socket {} is stale (connection refused) and is replaced", path);
    }
  }

  private static void restrict(Path socket, String group) throws IOException {
    Files.setPosixFilePermissions(socket, OWNER);
    try {
      GroupPrincipal principal =
          socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
      Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(principal);
      Files.setPosixFilePermissions(socket, OWNER_AND_GROUP);
    } catch (UserPrincipalNotFoundException e) {
      LOG.debug("no group {} here: the control socket is for its owner only", group);
    } catch (IOException e) {
      LOG.warn("control socket stays for its owner only, group {}: {}", group, e.toString());
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static void closeQuietly(@Nullable ServerSocketChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("closing a socket that never was used", e);
      }
    }
  }
}
