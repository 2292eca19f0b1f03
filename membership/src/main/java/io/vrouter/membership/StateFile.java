package io.vrouter.membership;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** One file, replaced whole or not at all; by default readable by its owner only. */
public final class StateFile {
  private final Path path;
  private final String mode;

  /** Creates the object, mode 0600; reads and writes nothing yet. */
  public StateFile(Path path) {
    this(path, "rw-------");
  }

  /**
   * Creates the object of a file that others may read.
   *
   * @param mode in the form of {@link PosixFilePermissions#fromString}
   */
  public StateFile(Path path, String mode) {
    this.path = path;
    this.mode = mode;
  }

  /** The file's path. */
  public Path path() {
    return path;
  }

  /** Whether the path exists. */
  public boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Reads the content.
   *
   * @throws IOException also when the file is larger than the limit, or no {@link TrustedFile}
   */
  public byte[] read(int limit) throws IOException {
    return TrustedFile.read(path, limit);
  }

  /**
   * Replaces content and mode: after a crash either the old or the new file is there. Returns after
   * fsync of file and directory. Makes a missing directory (0700).
   */
  public void write(byte[] content) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " is not a file in a directory");
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path temporary = directory.resolve(path.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    try (FileChannel out =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    }
    Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /**
   * Renames a corrupt file to the first free {@code NAME.corrupt-N}: evidence is kept.
   *
   * @return the new path
   */
  public Path setAside() throws IOException {
    for (int n = 1; ; n++) {
      Path aside = path.resolveSibling(path.getFileName() + ".corrupt-" + n);
      if (!Files.exists(aside)) {
        return Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /**
   * As {@link #setAside}; returns a text with the file's new path, or with the reason of a failure.
   */
  public String setAsideIfPossible() {
    try {
      return "kept as " + setAside();
    } catch (IOException e) {
      return "it can't be renamed: " + e.getMessage();
    }
  }

  /** The first line of an exception's message: parsers add several. */
  public static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
