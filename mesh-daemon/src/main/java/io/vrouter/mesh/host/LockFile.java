package io.vrouter.mesh.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock on a file in a directory that only root or the daemon's own user writes to, so that no
 * other user can take it. The kernel frees it however the holder ends.
 */
final class LockFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockFile.class);
  private static final int ATTEMPTS = 10;

  private final Path file;
  private final FileChannel channel;

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Result of an attempt. */
  enum LockState {
    TAKEN,
    /** Another process, or another part of this one, holds it. */
    HELD,
    /** Its directory can't exist here. */
    IMPOSSIBLE
  }

  /**
   * An attempt.
   *
   * @param lock null unless taken
   */
  record Attempt(LockState outcome, @Nullable LockFile lock) {}

  /** Tries to take the lock; makes directory and file where they are missing. */
  static Attempt take(Path file) {
    try {
      Path directory = file.resolveSibling(".");
      Files.createDirectories(directory);
      if (!onlyOurs(directory)) {
        LOG.warn("{} can be written to by others, no lock is taken there", directory.normalize());
        return new Attempt(LockState.IMPOSSIBLE, null);
      }
      for (int i = 0; i < ATTEMPTS; i++) {
        FileChannel channel = open(file);
        if (!locked(channel)) {
          channel.close();
          return new Attempt(LockState.HELD, null);
        }
        if (isThatFile(channel, file)) {
          return new Attempt(LockState.TAKEN, new LockFile(file, channel));
        }
        // A holder removed it between the opening and the lock.
        channel.close();
      }
      return new Attempt(LockState.HELD, null);
    } catch (IOException e) {
      LOG.debug("no lock file {} here", file, e);
      return new Attempt(LockState.IMPOSSIBLE, null);
    }
  }

  private static boolean onlyOurs(Path directory) throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class);
    int owner = (Integer) Files.getAttribute(directory, "unix:uid");
    Set<PosixFilePermission> modes = attributes.permissions();
    return (owner == 0 || owner == ownUser())
        && !modes.contains(PosixFilePermission.GROUP_WRITE)
        && !modes.contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** The number of this process's user. */
  static int ownUser() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static boolean isThatFile(FileChannel channel, Path file) throws IOException {
    byte[] mark = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(mark), 0);
    return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), mark);
  }

  @Override
  public void close() {
    if (channel.isOpen()) {
      try {
        Files.deleteIfExists(file);
        channel.close();
      } catch (IOException e) {
        LOG.debug("lock file {} stays", file, e);
      }
    }
  }
}
