package io.vrouter.mesh.systemd;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Debian that hosts boot from, shared and never written to. Made once by {@code debootstrap}
 * and kept in {@code VROUTER_MESH_CACHE}, by default {@code /var/cache/vrouter-mesh}.
 */
final class SystemdTree {
  // Part of the directory's name: change it with the lists below.
  private static final String EDITION = "1";

  private static final String BASE =
      "systemd,systemd-sysv,dbus,udev,iproute2,iputils-ping,nftables,iptables,ufw,"
          + "openjdk-17-jre-headless,man-db,bash-completion,procps,isc-dhcp-client,dhcpcd-base,"
          + "avahi-daemon";

  // These can't be configured before the base is.
  private static final List<String> LATER = List.of("network-manager", "firewalld");

  // A test starts what it is about; with the rest off, a host is up in a second.
  private static final List<String> OFF =
      List.of(
          "NetworkManager",
          "NetworkManager-wait-online",
          "NetworkManager-dispatcher",
          "firewalld",
          "avahi-daemon.service",
          "avahi-daemon.socket",
          "nftables",
          "ufw",
          "systemd-networkd",
          "systemd-networkd-wait-online",
          "apt-daily.timer",
          "apt-daily-upgrade.timer",
          "dpkg-db-backup.timer",
          "e2scrub_all.timer",
          "fstrim.timer",
          "man-db.timer");

  private static final Duration PATIENCE = Duration.ofMinutes(9);

  private SystemdTree() {}

  /** The tree, made now when it isn't there. */
  static Path path() {
    String given = System.getenv("VROUTER_MESH_CACHE");
    Path cache = Path.of(given == null ? "/var/cache/vrouter-mesh" : given);
    Path tree = cache.resolve("systemd-" + EDITION);
    try {
      Files.createDirectories(cache);
      try (FileChannel lock =
              FileChannel.open(
                  cache.resolve("systemd-lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock held = lock.lock()) {
        if (held.isValid() && !Files.exists(tree)) {
          make(cache, tree);
        }
      }
      return tree;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void make(Path cache, Path tree) throws IOException {
    Path partial = cache.resolve("systemd-partial");
    run("rm", "-rf", partial.toString());
    run("debootstrap", "--variant=minbase", "--include=" + BASE, "bookworm", partial.toString());
    List<String> install =
        new ArrayList<>(
            List.of(
                "chroot",
                partial.toString(),
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "-q",
                "-y",
                "--no-install-recommends",
                "install"));
    install.addAll(LATER);
    run("chroot", partial.toString(), "apt-get", "-q", "update");
    run(install.toArray(String[]::new));
    for (String unit : OFF) {
      // One that is off already, or that this Debian has not, is as wanted.
      Spawner.run(
          PATIENCE,
          Map.of(),
          List.of("chroot", partial.toString(), "systemctl", "-q", "disable", unit));
    }
    Files.move(partial, tree, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(String... command) {
    Spawner.run(PATIENCE, Map.of(), List.of(command)).ok();
  }
}
