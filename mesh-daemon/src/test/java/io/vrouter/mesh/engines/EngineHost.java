package io.vrouter.mesh.engines;

import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A host with a Docker engine of its own. */
public final class EngineHost implements AutoCloseable {
  /** The engine's socket, seen from inside: its default one. */
  public static final String SOCKET = "/run/docker.sock";

  private static final AtomicInteger PINGS = new AtomicInteger();
  private static final String PID_FILE = "/run/docker.pid";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Space space;
  private final String address;
  private final Path log;
  private String tools = "";

  EngineHost(Space space, String address, Path log) {
    this.space = space;
    this.address = address;
    this.log = log;
  }

  /** Its address on the LAN. */
  public String address() {
    return address;
  }

  /** Where the engine writes its daemon.json, as this JVM sees it. */
  public Path daemonJson() {
    return path("/run/docker/daemon.json");
  }

  /** The engine's socket as this JVM sees it. */
  public Path socket() {
    return path(SOCKET);
  }

  /** A path inside as this JVM sees it. */
  public Path path(String inside) {
    return space.path(inside);
  }

  /**
   * Replaces a file inside, in one of the private directories {@code /run} and {@code /var/lib}.
   */
  public void write(String path, String text) {
    space.write(path, text);
  }

  /** Has the engine write its rules with iptables-legacy from its next start on. */
  public void useLegacyIptables() {
    space.ok("mkdir", "-p", "/run/legacy");
    for (String name : List.of("iptables", "ip6tables")) {
      space.ok("ln", "-s", "/usr/sbin/" + name + "-legacy", "/run/legacy/" + name);
    }
    tools = "/run/legacy:";
  }

  /** Starts the engine and waits until it answers. */
  public void startEngine() {
    space.ok("mkdir", "-p", "/run/docker", "/var/lib/docker", "/etc/docker");
    if (space.run("mountpoint", "-q", "/etc/docker").exit() != 0) {
      // Its own, where containers are given the engine's configuration as a volume.
      space.ok("mount", "--bind", "/run/docker", "/etc/docker");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "PATH=" + tools + System.getenv("PATH"),
                "dockerd",
                "--data-root=/var/lib/docker",
                "--exec-root=/run/docker",
                "--pidfile=" + PID_FILE,
                "--host=unix://" + SOCKET,
                "--cgroup-parent=/" + ControlGroups.parent()));
    command.add("--config-file=/run/docker/daemon.json");
    if (!Files.exists(daemonJson())) {
      space.write("/run/docker/daemon.json", "{}\n");
    }
    Child engine = space.start(log, Map.of(), command);
    Awaitility.await("engine of " + space)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!engine.alive()) {
                throw new AssertionError("dockerd ended; its last words:\n" + lastWords());
              }
              return Files.exists(socket()) && docker("version").exit() == 0;
            });
  }

  /** Stops the engine and its containers as its unit would. */
  public void stopEngine() {
    end("TERM");
  }

  /** Kills the engine without a warning; its containers run on. */
  public void killEngine() {
    end("KILL");
  }

  private void end(String signal) {
    String pid;
    try {
      pid = Files.readString(path(PID_FILE)).strip();
    } catch (IOException e) {
      throw new AssertionError("no engine runs on " + space, e);
    }
    space.ok("kill", "-" + signal, pid);
    Awaitility.await("end of the engine of " + space)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> space.run("kill", "-0", pid).exit() != 0);
    if (signal.equals("KILL")) {
      // Nobody here collects what is left of its containerd, which the next engine would wait for.
      space.ok("rm", "-f", PID_FILE, SOCKET, "/run/docker/containerd/containerd.pid");
    }
  }

  /** Runs {@code docker} against this engine, however it ends. */
  public Output docker(String... arguments) {
    return client("docker", List.of(arguments), Map.of());
  }

  /** Runs {@code docker}, which must succeed, and returns what it printed. */
  public String dockerOk(String... arguments) {
    return docker(arguments).ok().text();
  }

  /** Runs {@code docker compose} or, where there is no such plugin, {@code docker-compose}. */
  public Output compose(Map<String, String> environment, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (Compose.plugin()) {
      all.add(0, "compose");
      return client("docker", all, environment);
    }
    return client("docker-compose", all, environment);
  }

  private Output client(String program, List<String> arguments, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("DOCKER_HOST", "unix://" + socket());
    all.put("DOCKER_BUILDKIT", "0");
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    return Spawner.run(PATIENCE, all, command);
  }

  /** Runs a command on the host, however it ends. */
  public Output run(String... command) {
    return space.run(command);
  }

  /** Runs a command on the host that must succeed, and returns what it printed. */
  public String ok(String... command) {
    return space.ok(command).strip();
  }

  /** Starts a command on the host that runs on, with a log in the lab's directory. */
  public Child start(String name, String... command) {
    return space.start(log(name), Map.of(), List.of(command));
  }

  /** Pings an address from the network of a container of this host. */
  public Ping ping(String container, String address) {
    String pid = dockerOk("inspect", "-f", "{{.State.Pid}}", container);
    return Ping.start(
        path("/proc/" + pid + "/ns/net"), address, log("ping-" + PINGS.incrementAndGet()));
  }

  /** Where a command started by {@link #start} writes. */
  public Path log(String name) {
    return log.resolveSibling(space + "-" + name + ".log");
  }

  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "none: " + e.getMessage();
    }
  }

  Space space() {
    return space;
  }

  @Override
  public void close() {
    space.close();
  }

  @Override
  public String toString() {
    return space.toString();
  }

  /** Which compose there is. */
  private static final class Compose {
    private static final boolean PLUGIN =
        Spawner.run(PATIENCE, Map.of(), List.of("docker", "compose", "version")).exit() == 0;

    static boolean plugin() {
      return PLUGIN;
    }
  }
}
