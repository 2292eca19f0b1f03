package io.vrouter.netlink.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** The repository that this JVM tests or measures. */
public final class Sources {
  /**
   * Its root: the nearest directory above the working directory that has the script {@code mesh}.
   */
  public static final Path ROOT = root();

  private Sources() {}

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    for (Path at = here; at != null; at = at.getParent()) {
      if (Files.isExecutable(at.resolve("mesh")) && Files.isDirectory(at.resolve("mesh-daemon"))) {
        return at;
      }
    }
    throw new IllegalStateException("no root of the sources above " + here);
  }
}
