package io.vrouter.membership;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that control a root daemon: regular files of root or of the daemon's own user, writable by
 * no other user. Anything else, also a link or a FIFO, is refused unread, so that no other user can
 * choose the content or block the daemon.
 */
public final class TrustedFile {
  /** S_ISVTX, inode(7). */
  private static final int STICKY = 0x200;

  private TrustedFile() {}

  /**
   * Reads a file.
   *
   * @param limit most bytes it may have
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it isn't such a file, is longer or can't be read; names the path
   */
  public static byte[] read(Path file, int limit) throws IOException {
    Object before = check(file);
    try (InputStream in =
        Channels.newInputStream(
            Files.newByteChannel(
                file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
      if (!check(file).equals(before)) {
        throw new IOException(file + " was replaced while it was opened");
      }
      byte[] octets = in.readNBytes(limit + 1);
      if (octets.length > limit) {
        throw new IOException(file + " has more than the " + limit + " bytes it can have");
      }
      return octets;
    }
  }

  /** Returns the key that distinguishes this file from another one in its place. */
  private static Object check(Path file) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      throw new IOException(file + " is a link, only a regular file is read: name the file itself");
    }
    if (!attributes.isRegularFile()) {
      throw new IOException(
          file
              + " is a "
              + (attributes.isDirectory() ? "directory" : "device, FIFO or socket")
              + ", only a regular file is read");
    }
    if (!owned(file) || writableByOthers(attributes)) {
      throw refused(
          file, attributes, "a file that only root or meshd's own user owns and writes to is read");
    }
    return attributes.fileKey();
  }

  /**
   * Checks a directory for such files. A missing one passes, and one as {@code /tmp}, where each
   * user's files are safe from the others (sticky bit).
   *
   * @throws IOException when others can replace files there; names the path
   */
  public static void checkDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class);
    boolean sticky = ((Integer) Files.getAttribute(directory, "unix:mode") & STICKY) != 0;
    if (!ownedBy((Integer) Files.getAttribute(directory, "unix:uid"))
        || (writableByOthers(attributes) && !sticky)) {
      throw refused(
          directory,
          attributes,
          "a directory that only root or meshd's own user owns and writes to is used");
    }
  }

  private static IOException refused(Path path, PosixFileAttributes attributes, String allowed) {
    return new IOException(
        "%s belongs to the user %s and has the mode %s: %s (chown, chmod go-w)"
            .formatted(
                path,
                attributes.owner().getName(),
                PosixFilePermissions.toString(attributes.permissions()),
                allowed));
  }

  private static boolean writableByOthers(PosixFileAttributes attributes) {
    return attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static boolean owned(Path file) throws IOException {
    return ownedBy((Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static boolean ownedBy(int user) throws IOException {
    return user == 0 || user == (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
