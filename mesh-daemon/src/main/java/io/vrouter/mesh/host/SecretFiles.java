package io.vrouter.mesh.host;

import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Check.Result;
import io.vrouter.mesh.model.Remedy;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The checks of {@code meshctl doctor} on the state directory. From any thread. */
public final class SecretFiles {
  private static final String SECRETS = "{identity,keys,operator-key,wireguard.keys}";

  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  /** A host without a clock of its own starts years back; a file system rounds by seconds. */
  private static final Duration AHEAD = Duration.ofHours(1);

  private SecretFiles() {}

  /**
   * Whether only the daemon's user can read the secrets.
   *
   * @throws IOException when the directory can't be read
   */
  public static Check readers(Path stateDir) throws IOException {
    Set<String> open = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(stateDir, SECRETS)) {
      for (Path file : files) {
        PosixFileAttributes attributes =
            Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isRegularFile()
            && attributes.permissions().stream().anyMatch(OF_OTHERS::contains)) {
          open.add(file.toString());
        }
      }
    }
    if (open.isEmpty()) {
      return new Check("secrets", Result.PASS, "Only meshd's user can read its keys", "");
    }
    List<String> commands = open.stream().map(file -> "chmod go= " + file).toList();
    return new Check(
        "secrets",
        Result.FAIL,
        "Other users of this host can read " + String.join(", ", open),
        String.join("; ", commands)
            + "; a host whose keys were copied is made a new one: see docs/operations.md",
        Remedy.all(commands, ""));
  }

  /**
   * Whether the wall clock, which ends tokens, is not behind the newest file.
   *
   * @throws IOException when the directory can't be read
   */
  public static Check clock(Path stateDir, FileTime now) throws IOException {
    FileTime newest = FileTime.fromMillis(0);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(stateDir)) {
      for (Path file : files) {
        FileTime written =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .lastModifiedTime();
        newest = written.compareTo(newest) > 0 ? written : newest;
      }
    }
    if (newest.toMillis() < now.toMillis() + AHEAD.toMillis()) {
      return new Check("clock", Result.PASS, "The clock is not behind meshd's files", "");
    }
    return new Check(
        "clock",
        Result.WARN,
        "The clock shows %s, and a file in %s was written at %s: tokens end too late, logs mislead"
            .formatted(now, stateDir, newest),
        "Set the clock: timedatectl set-ntp true, or 'date -s'",
        Remedy.all(List.of("timedatectl set-ntp true"), "the host's clock"));
  }
}
