package io.vrouter.mesh.systemd;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Spawner;
import io.vrouter.netlink.lab.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A host that systemd runs. Its network is a namespace of the lab and outlives its boots, as do its
 * files; both are gone with {@link #close}.
 */
final class SystemdHost implements AutoCloseable {
  /** Runs in the host's namespaces: $1 the layers below, $2 where the host's own files are. */
  private static final String MOUNT =
      """
      set -e
      mkdir -p "$2/upper" "$2/work" /var/lib/host/root
      mount -t overlay overlay \
        -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" /var/lib/host/root
      """;

  /**
   * A control group of its own, else two systems would take each other's services for theirs: $1.
   */
  private static final String GROUP =
      """
      set -e
      group=$1
      shift
      for top in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
        [ -e "$top/cgroup.procs" ] || continue
        mkdir -p "$top/$group"
        echo $$ > "$top/$group/cgroup.procs"
      done
      exec "$@"
      """;

  private static final String ROOT = "/var/lib/host/root";

  /** For an installation on a loaded machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Space space;
  private final int number;
  private final Path logs;
  private final String group;
  private @Nullable Child machine;
  private @Nullable Stack stack;
  private long leader;
  private int boots;

  /**
   * Makes it, off.
   *
   * @param layers directories as overlayfs takes them, the uppermost first
   * @param own a directory for its own files, else they are in memory
   */
  SystemdHost(int number, Path logs, List<Path> layers, @Nullable Path own) {
    this.number = number;
    this.logs = logs;
    space = Space.create("sd" + number);
    group = "vrouter-mesh-" + ProcessHandle.current().pid() + "/sd" + number;
    String lower = layers.stream().map(Path::toString).collect(Collectors.joining(":"));
    space.ok("sh", "-c", MOUNT, "sh", lower, own == null ? "/var/lib/host" : own.toString());
    write("/etc/hostname", space.name() + "\n");
  }

  Space space() {
    return space;
  }

  /** Its address on the LAN. */
  String address() {
    return Lan.PREFIX + number;
  }

  /** The stack behind it, {@code 172.(16+number).0.0/16}, made at the first call. */
  Stack stack() {
    Stack known = stack;
    if (known == null) {
      known = Stack.create(space, number, "172.%d.0.0/16".formatted(16 + number));
      stack = known;
    }
    return known;
  }

  /** Boots and waits until systemd has started all it wants to. */
  void boot() {
    boots++;
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                GROUP,
                "sh",
                group,
                "systemd-nspawn",
                "-q",
                "--register=no",
                "--keep-unit",
                "-M",
                space.name(),
                "-D",
                ROOT,
                "--network-namespace-path=" + space.netns(),
                "--capability=all",
                "--boot",
                "--console=pipe"));
    Map<String, String> environment =
        Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))
            ? Map.of()
            : Map.of("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "0");
    Path log = logs.resolve(space.name() + "-boot" + boots + ".log");
    Child started = space.start(log, environment, command);
    machine = started;
    Await.until(
        space + " boots",
        () -> {
          if (!started.alive()) {
            throw new AssertionError(space + " did not boot: " + started.said());
          }
          leader = child(started.pid());
          return leader != 0
              && List.of("running", "degraded")
                  .contains(run("systemctl", "is-system-running").text());
        });
  }

  private static long child(long pid) throws IOException {
    String children = Files.readString(Path.of("/proc/%d/task/%d/children".formatted(pid, pid)));
    for (String child : children.split(" ", -1)) {
      if (!child.isBlank() && command(child).equals("systemd\n")) {
        return Long.parseLong(child);
      }
    }
    return 0;
  }

  private static String command(String pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm"));
    } catch (NoSuchFileException e) {
      // One of the container's first steps, gone meanwhile.
      return "";
    }
  }

  /** Shuts it down as its power button would, and waits for the end. */
  void shutdown() {
    Child running = machine;
    if (running != null) {
      running.signal("TERM");
      running.awaitExit();
      machine = null;
      leader = 0;
    }
  }

  void reboot() {
    shutdown();
    boot();
  }

  /** Runs a command on the system, however it ends. */
  Output run(String... command) {
    List<String> inside =
        new ArrayList<>(
            List.of(
                "nsenter",
                "-t",
                Long.toString(leader),
                "-a",
                "--",
                "env",
                "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG=C.UTF-8",
                "HOME=/root",
                "DEBIAN_FRONTEND=noninteractive"));
    inside.addAll(List.of(command));
    return Spawner.run(PATIENCE, Map.of(), inside);
  }

  /** Runs a command that must succeed, and returns what it printed. */
  String ok(String... command) {
    return run(command).ok().text();
  }

  /** A path of the system as this JVM sees it, booted or not. */
  Path path(String inside) {
    return space.path(ROOT + inside);
  }

  void write(String file, String text) {
    try {
      Files.createDirectories(path(file).getParent());
      Files.writeString(path(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Installs a package; what it depends on is there already. */
  Output install(Path deb) {
    try {
      Files.copy(deb, path("/root/vrouter.deb"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return run("dpkg", "-i", "/root/vrouter.deb").ok();
  }

  /** Has it configured as a member with this token: its stack is what it advertises. */
  void configure(String token) {
    write("/etc/vrouter/token", token + "\n");
    try {
      Files.setPosixFilePermissions(
          path("/etc/vrouter/token"), PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(
        "/etc/vrouter/mesh.yaml",
        "token-file: /etc/vrouter/token\nsubnet: [%s]\n".formatted(stack().subnet()));
  }

  JsonNode status() {
    return Space.parse(ok("sh", "-c", "meshctl status -o json || true"));
  }

  /** Takes address and route from the uplink: another program is to manage it. */
  void bareUplink() {
    space.ip("addr flush dev eth0", "link set eth0 up");
  }

  /** Waits until a daemon answers here and counts so many members. */
  void awaitMembers(int members) {
    List<String> wait =
        List.of("meshctl", "wait", "--members", Integer.toString(members), "--timeout", "5s");
    Await.until(space + " counts " + members, () -> run(wait.toArray(String[]::new)).exit() == 0);
  }

  /** The process of its daemon, 0 while there is none. */
  String daemon() {
    return ok("systemctl", "show", "-P", "MainPID", "meshd");
  }

  /** The journal of meshd since the system's boot. */
  String journal() {
    return run("journalctl", "-b", "-u", "meshd", "--no-pager", "-o", "short-precise").text();
  }

  /** All that is installed or kept, by path: nothing of caches, logs and dpkg's own books. */
  List<String> files() {
    return ok(
            "find",
            "/etc",
            "/usr",
            "/opt",
            "/var/lib",
            "(",
            "-path",
            "/var/lib/dpkg",
            "-o",
            "-path",
            "/var/lib/systemd",
            ")",
            "-prune",
            "-o",
            "-name",
            "[gp]*-",
            "-o",
            "-print")
        .lines()
        .sorted()
        .toList();
  }

  /** The kernel's state that the mesh writes to. */
  String kernel() {
    return String.join(
        "\n",
        space.ok("ip", "-o", "-br", "link"),
        space.ok("ip", "-o", "-br", "addr"),
        space.ok("ip", "route", "show", "table", "all"),
        space.ok("ip", "rule"),
        space.ok("nft", "-s", "list", "ruleset"),
        space.ok("cat", "/proc/sys/net/ipv4/conf/all/forwarding"),
        space.ok("cat", "/proc/sys/net/ipv4/conf/" + stack().bridge() + "/forwarding"));
  }

  /** What helps to understand a failure. */
  String account() {
    if (leader == 0) {
      return "it is off";
    }
    return String.join(
            "\n", journal().lines().skip(Math.max(0, journal().lines().count() - 50)).toList())
        + "\n"
        + run("meshctl", "status").said()
        + run("ip", "-br", "addr").said()
        + run("ip", "route").said()
        + run("systemctl", "--failed", "--no-pager").said();
  }

  @Override
  public void close() {
    shutdown();
    Stack known = stack;
    if (known != null) {
      known.close();
    }
    space.close();
  }

  @Override
  public String toString() {
    return space.toString();
  }
}
