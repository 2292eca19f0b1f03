package io.vrouter.mesh.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vrouter.mesh.lab.Spawner.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network, mount and host-name namespace of its own, held by one sleeping process and gone with
 * it. {@code /run} and {@code /var/lib} are private and empty, so that a daemon runs on its default
 * paths.
 */
final class Space implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TUNNEL = Kernel.DEVICE;

  private final String name;
  private final Child holder;

  private Space(String name, Child holder) {
    this.name = name;
    this.holder = holder;
  }

  /** Makes the namespaces; {@code name} becomes the host name in them. */
  static Space create(String name) {
    Child holder =
        Spawner.start(
            Path.of("/dev/null"),
            Map.of(),
            List.of(
                "unshare",
                "--net",
                "--mount",
                "--uts",
                "--propagation",
                "private",
                "sleep",
                "infinity"));
    Space space = new Space(name, holder);
    Await.until("the namespaces of " + name, space::held);
    space.ok("mount", "-t", "tmpfs", "tmpfs", "/run");
    space.ok("mount", "-t", "tmpfs", "tmpfs", "/var/lib");
    space.ok("hostname", name);
    space.ok("ip", "link", "set", "lo", "up");
    return space;
  }

  private boolean held() {
    try {
      return Files.readString(Path.of("/proc/" + holder.pid() + "/comm")).strip().equals("sleep");
    } catch (IOException e) {
      throw new AssertionError("cannot hold namespaces for " + name + ": is this root?", e);
    }
  }

  String name() {
    return name;
  }

  /** The process whose namespaces these are, for {@code ip link ... netns PID}. */
  String pid() {
    return Long.toString(holder.pid());
  }

  /** A path inside these namespaces as this JVM sees it. */
  Path path(String inside) {
    return Path.of("/proc/" + holder.pid() + "/root" + inside);
  }

  /** Runs a command inside, however it ends. */
  Output run(String... command) {
    return Spawner.run(Map.of(), inside(List.of(command)));
  }

  /** Runs a command inside that must succeed, and returns what it printed. */
  String ok(String... command) {
    return run(command).ok().stdout();
  }

  /** Runs a command inside that must succeed, written as a line: its words are between blanks. */
  void does(String line) {
    ok(line.split(" "));
  }

  /**
   * A VXLAN device of the mesh's VNI made by hand, as one did without a daemon: with this overlay
   * address, to the underlay address of the host.
   */
  void tunnel(String underlay, String overlay) {
    does("ip link add %s type vxlan id 1000 dstport 4789 local %s".formatted(TUNNEL, underlay));
    does("ip addr add %s/24 dev %s".formatted(overlay, TUNNEL));
    does("ip link set %s up".formatted(TUNNEL));
  }

  /** Has the tunnel made by hand copy frames without a better entry to an underlay address. */
  void floods(String dst) {
    does("bridge fdb append 00:00:00:00:00:00 dev %s dst %s".formatted(TUNNEL, dst));
  }

  /**
   * Runs a command inside that must succeed, and reads its JSON; empty output is a missing node.
   */
  JsonNode json(String... command) {
    String text = ok(command);
    if (text.isBlank()) {
      return MissingNode.getInstance();
    }
    return parse(text);
  }

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** Makes a device without IPv6 addresses of its own: these come late and differ by run. */
  void addDevice(String name, String... kind) {
    List<String> command = new ArrayList<>(List.of("ip", "link", "add", name));
    command.addAll(List.of(kind));
    ok(command.toArray(String[]::new));
    ok("ip", "link", "set", name, "addrgenmode", "none");
  }

  /** Starts a command inside that runs on. */
  Child start(Path log, Map<String, String> environment, List<String> command) {
    return Spawner.start(log, environment, inside(command));
  }

  /** Whether one echo request from here is answered within a second. */
  boolean pings(String address) {
    return run("ping", "-n", "-c", "1", "-W", "1", address).exit() == 0;
  }

  private List<String> inside(List<String> command) {
    List<String> inside =
        new ArrayList<>(List.of("nsenter", "-t", pid(), "--net", "--mount", "--uts", "--"));
    inside.addAll(command);
    return inside;
  }

  @Override
  public void close() {
    holder.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
