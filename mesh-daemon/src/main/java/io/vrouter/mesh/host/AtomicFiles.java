package io.vrouter.mesh.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Files of one directory that are whole or absent, whatever happens: written beside, synced,
 * renamed, and the directory synced. Mode 0600 in a directory of 0700. One writer at a time.
 */
public final class AtomicFiles {
  private final Path directory;

  /**
   * Over a directory, which is made if it isn't there.
   *
   * @throws IOException naming the directory
   */
  public AtomicFiles(Path directory) throws IOException {
    this.directory = directory;
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** Where a file of that name is. */
  public Path path(String name) {
    return directory.resolve(name);
  }

  /**
   * The whole content.
   *
   * @return empty when there is no such file
   */
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Replaces the content. Back only when it would survive a power cut. */
  public void write(String name, byte[] content) throws IOException {
    Path beside = path(name + ".tmp");
    // What a crash left there may have another mode.
    Files.deleteIfExists(beside);
    try (FileChannel file =
        FileChannel.open(
            beside,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        file.write(left);
      }
      file.force(true);
    }
    Files.move(
        beside, path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync();
  }

  /**
   * Moves a file that can't be used out of the way, over the one set aside before.
   *
   * @return where it is now
   */
  public Path setAside(String name) throws IOException {
    Path aside = path(name + ".corrupt");
    Files.move(path(name), aside, StandardCopyOption.ATOMIC_MOVE);
    sync();
    return aside;
  }

  private void sync() throws IOException {
    try (FileChannel itself = FileChannel.open(directory, StandardOpenOption.READ)) {
      itself.force(true);
    }
  }
}
