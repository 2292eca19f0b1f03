package io.vrouter.mesh.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Network, mount, host-name and process namespaces that live as long as their process 1. */
final class Space implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final String name;
  private final Process holder;
  private final long first;

  private Space(String name, Process holder, long first) {
    this.name = name;
    this.holder = holder;
    this.first = first;
  }

  /** Makes the namespaces, with an empty {@code /run} and {@code /var/lib} of their own. */
  static Space create(String name, Path log) {
    Process holder =
        Tied.start(
            log,
            List.of(
                "unshare",
                "--net",
                "--mount",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child=KILL",
                "--propagation",
                "private",
                "sleep",
                "infinity"));
    Path children = Path.of("/proc/%d/task/%d/children".formatted(holder.pid(), holder.pid()));
    long first =
        Awaitility.await("namespaces of " + name)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> sleeping(children), pid -> pid != 0);
    Space space = new Space(name, holder, first);
    space.ok("mount", "-t", "proc", "proc", "/proc");
    space.ok("mount", "-t", "tmpfs", "tmpfs", "/run");
    space.ok("mount", "-t", "tmpfs", "tmpfs", "/var/lib");
    space.ok("mkdir", "/run/lock");
    space.ok("hostname", name);
    space.ok("ip", "link", "set", "lo", "up");
    return space;
  }

  private static long sleeping(Path children) throws IOException {
    if (!Files.exists(children)) {
      throw new AssertionError("cannot make namespaces: is this root?");
    }
    String pid = Files.readString(children).strip();
    if (pid.isEmpty()) {
      return 0;
    }
    boolean sleeping = Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("sleep");
    return sleeping ? Long.parseLong(pid) : 0;
  }

  /** Process 1, as seen from outside. */
  long pid() {
    return first;
  }

  /** A path inside as this JVM sees it. */
  Path path(String inside) {
    return Path.of("/proc/" + first + "/root" + inside);
  }

  /** Replaces a file inside. */
  void write(String path, String text) {
    try {
      Files.createDirectories(path(path).getParent());
      Files.writeString(path(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Output run(String... command) {
    return Tied.run(PATIENCE, Map.of(), inside(List.of(command)));
  }

  String ok(String... command) {
    return run(command).ok().text();
  }

  /** Runs a command in the network namespace alone, where process ids are those of outside. */
  void wire(String... command) {
    List<String> inside = new ArrayList<>(List.of("nsenter", "-t", Long.toString(first), "--net"));
    inside.addAll(List.of(command));
    Tied.run(PATIENCE, Map.of(), inside).ok();
  }

  /** Starts a command inside that runs on; it ends with the namespaces. */
  Process start(Path log, List<String> command) {
    return Tied.start(log, inside(command));
  }

  private List<String> inside(List<String> command) {
    List<String> inside =
        new ArrayList<>(
            List.of(
                "nsenter", "-t", Long.toString(first), "--net", "--mount", "--uts", "--pid", "--"));
    inside.addAll(command);
    return inside;
  }

  @Override
  public void close() {
    holder.destroyForcibly();
    try {
      if (!holder.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the namespaces of " + name + " don't go away");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Awaitility.await("end of " + name)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !Files.exists(Path.of("/proc/" + first)));
  }

  @Override
  public String toString() {
    return name;
  }
}
