package io.vrouter.mesh.engines;

import io.vrouter.netlink.lab.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Debian tree with what the daemon's image and the examples need, as a tar file: no registry of
 * images is asked. Made once by {@code debootstrap} and kept in {@code VROUTER_MESH_CACHE}, by
 * default {@code /var/cache/vrouter-mesh}; a second JVM waits for the first.
 */
public final class BaseImage {
  /** The name it is imported by. */
  public static final String NAME = "vrouter-mesh-base:test";

  // Part of the file's name: change it with the list of packages.
  private static final String EDITION = "2";
  private static final String PACKAGES =
      "openjdk-17-jre-headless,iproute2,iptables,nftables,iputils-ping,busybox";
  private static final Duration PATIENCE = Duration.ofMinutes(9);

  private BaseImage() {}

  /** The tar file, made now when it isn't there. */
  public static Path tar() {
    String given = System.getenv("VROUTER_MESH_CACHE");
    Path cache = Path.of(given == null ? "/var/cache/vrouter-mesh" : given);
    Path tar = cache.resolve("base-" + EDITION + ".tar");
    try {
      Files.createDirectories(cache);
      try (FileChannel lock =
              FileChannel.open(
                  cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = lock.lock()) {
        if (held.isValid() && !Files.exists(tar)) {
          make(cache, tar);
        }
      }
      return tar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void make(Path cache, Path tar) throws IOException {
    Path tree = cache.resolve("tree");
    Path partial = cache.resolve("partial.tar");
    run("rm", "-rf", tree.toString(), partial.toString());
    run("debootstrap", "--variant=minbase", "--include=" + PACKAGES, "bookworm", tree.toString());
    run(
        "tar",
        "-C",
        tree.toString(),
        "--exclude=./var/cache/apt/archives/*",
        "--exclude=./var/lib/apt/lists/*",
        "--exclude=./usr/share/doc/*",
        "--exclude=./usr/share/locale/*",
        "-cf",
        partial.toString(),
        ".");
    run("rm", "-rf", tree.toString());
    Files.move(partial, tar, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(String... command) {
    Spawner.run(PATIENCE, Map.of(), List.of(command)).ok();
  }
}
