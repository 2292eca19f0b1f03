package io.vrouter.mesh.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Description of a control socket that nobody answers at. */
final class SocketOwner {
  private SocketOwner() {}

  /** Whether the file is there, whose it is, and its mode. */
  static String of(Path socket) {
    try {
      PosixFileAttributes file =
          Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return "%s of %s:%s, %s"
          .formatted(
              file.isOther() ? "a socket" : "no socket but a file",
              file.owner().getName(),
              file.group().getName(),
              PosixFilePermissions.toString(file.permissions()));
    } catch (NoSuchFileException e) {
      return "there is no such file";
    } catch (IOException e) {
      return "the file can't be looked at";
    }
  }
}
