package io.vrouter.mesh.docker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The engine's {@code daemon.json} on the disk: read whole, replaced whole or not at all. A
 * symbolic link is followed; owner and mode stay.
 */
public final class DaemonJsonFile {
  /** The path that Docker's packages use. */
  public static final Path DEFAULT = Path.of("/etc/docker/daemon.json");

  /** Exists in every Docker container. */
  private static final Path CONTAINER = Path.of("/.dockerenv");

  private static final int MAX_BYTES = 1 << 20;
  private static final Set<PosixFilePermission> NEW_FILE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path path;

  /** Creates the object; reads nothing yet. */
  public DaemonJsonFile(Path path) {
    this.path = path;
  }

  /** The file's path. */
  public Path path() {
    return path;
  }

  /**
   * Whether its directory is the host's: a container without the host's directory as a volume has
   * its own, which no engine reads.
   *
   * @throws IOException when {@code /proc} can't be read
   */
  public boolean isTheHosts() throws IOException {
    return !Files.exists(CONTAINER)
        || isMountPoint(Files.readAllLines(Path.of("/proc/self/mountinfo")), path.getParent());
  }

  static boolean isMountPoint(List<String> mountinfo, @Nullable Path directory) {
    String wanted = String.valueOf(directory);
    return mountinfo.stream()
        .map(line -> line.split(" ", 6))
        .anyMatch(fields -> fields.length == 6 && fields[4].equals(wanted));
  }

  /**
   * The file's text; empty when there is no file.
   *
   * @throws IOException also when it is larger than 1 MiB or not UTF-8
   */
  public String read() throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return "";
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException(path + " is larger than " + MAX_BYTES + " bytes: it is no daemon.json");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(path + " is not UTF-8 text", e);
    }
  }

  /**
   * Replaces the text; a crash leaves the old or the new one.
   *
   * @throws IOException naming the path; the old file is untouched then
   */
  public void write(String text) throws IOException {
    Path real = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    Path directory = real.getParent();
    if (directory == null) {
      throw new IOException(path + " is not a file in a directory");
    }
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, ".daemon.json-", ".tmp");
    try {
      likeBefore(real, temporary);
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (left.hasRemaining()) {
          out.write(left);
        }
        out.force(true);
      }
      Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private static void likeBefore(Path before, Path temporary) throws IOException {
    if (!Files.exists(before)) {
      Files.setPosixFilePermissions(temporary, NEW_FILE);
      return;
    }
    PosixFileAttributes attributes =
        Files.readAttributes(before, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view =
        Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
    view.setOwner(attributes.owner());
    view.setGroup(attributes.group());
    view.setPermissions(attributes.permissions());
  }
}
