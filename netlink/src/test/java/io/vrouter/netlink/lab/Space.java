package io.vrouter.netlink.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network, mount and host-name namespace of its own, held by one sleeping process and gone with
 * it. {@code /run} and {@code /var/lib} are private and empty, so that a daemon runs on its default
 * paths.
 */
public final class Space implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Runs inside: $1 the host's name, $2 whether process ids are its own, $3 the state of lo. */
  private static final String BEGIN =
      """
      set -e
      [ "$2" = false ] || mount -t proc proc /proc
      mount -t tmpfs tmpfs /run
      mkdir /run/lock
      mount -t tmpfs tmpfs /var/lib
      hostname "$1"
      ip link set lo "$3"
      exec sleep infinity
      """;

  private final String name;
  private final Child holder;
  private final boolean processes;
  private long first;

  private Space(String name, boolean processes, String lo) {
    this.name = name;
    this.processes = processes;
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "--net", "--mount", "--uts", "--propagation", "private"));
    if (processes) {
      command.addAll(List.of("--pid", "--fork", "--kill-child=KILL"));
    }
    command.addAll(List.of("sh", "-c", BEGIN, "sh", name, Boolean.toString(processes), lo));
    holder = Spawner.start(Path.of("/dev/null"), Map.of(), command);
    Await.soon("the namespaces of " + name, this::held);
  }

  /** As {@link #create(String)}, where the host name doesn't matter. */
  public static Space create() {
    return create("space" + NUMBER.incrementAndGet());
  }

  /** As {@link #create()}, with the network as the kernel makes it: {@code lo} is down. */
  public static Space bare() {
    return new Space("bare" + NUMBER.incrementAndGet(), false, "down");
  }

  /** Makes the namespaces; {@code name} becomes the host name in them. */
  public static Space create(String name) {
    return new Space(name, false, "up");
  }

  /**
   * As {@link #create}, with a process namespace besides: all that is started in it ends with it,
   * and process ids inside aren't those of outside.
   */
  public static Space withProcesses(String name) {
    return new Space(name, true, "up");
  }

  private boolean held() throws IOException {
    if (!holder.alive()) {
      throw new AssertionError("cannot make namespaces for " + name + ": is this root?");
    }
    String pid = Long.toString(holder.pid());
    if (processes) {
      pid = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children")).strip();
    }
    if (pid.isEmpty() || !Files.readString(Path.of("/proc/" + pid + "/comm")).equals("sleep\n")) {
      return false;
    }
    first = Long.parseLong(pid);
    return true;
  }

  public String name() {
    return name;
  }

  /** The process whose namespaces these are, seen from outside: {@code ip link ... netns PID}. */
  public long pid() {
    return first;
  }

  /** The network namespace, for {@code Netns.call} and such. */
  public Path netns() {
    return Path.of("/proc/" + first + "/ns/net");
  }

  /** A path inside these namespaces as this JVM sees it. */
  public Path path(String inside) {
    return Path.of("/proc/" + first + "/root" + inside);
  }

  /** Replaces a file inside; its directory must be one of the private ones. */
  public void write(String path, String text) {
    try {
      Files.createDirectories(path(path).getParent());
      Files.writeString(path(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command as it is run inside. */
  public List<String> command(String... arguments) {
    return inside(List.of(arguments));
  }

  private List<String> inside(List<String> command) {
    List<String> inside =
        new ArrayList<>(
            List.of("nsenter", "-t", Long.toString(first), "--net", "--mount", "--uts"));
    if (processes) {
      inside.add("--pid");
    }
    inside.add("--");
    inside.addAll(command);
    return inside;
  }

  /** Runs a command inside, however it ends. */
  public Output run(String... command) {
    return exec("", command);
  }

  /** Runs a command inside with this input, however it ends. */
  public Output exec(String stdin, String... command) {
    return Spawner.run(PATIENCE, Map.of(), stdin, command(command));
  }

  /** Runs a command inside that must succeed, and returns what it printed to stdout. */
  public String ok(String... command) {
    return run(command).ok().stdout();
  }

  /** Runs a command inside that must succeed, written as a line: its words are between blanks. */
  public void does(String line) {
    ok(line.split(" "));
  }

  /** Runs {@code ip} inside once for each line; each must succeed. */
  public void ip(String... lines) {
    exec(String.join("\n", lines) + "\n", "ip", "-batch", "-").ok();
  }

  /** Has {@code nft} take these rules, which must succeed. */
  public void nft(String rules) {
    exec(rules, "nft", "-f", "-").ok();
  }

  /**
   * Runs a command inside that must succeed, and reads its JSON; empty output is a missing node.
   */
  public JsonNode json(String... command) {
    return parse(ok(command));
  }

  /** Reads JSON; a blank text is a missing node. */
  public static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** Makes a device without IPv6 addresses of its own: these come late and differ by run. */
  public void addDevice(String device, String... kind) {
    ip(
        "link add %s %s".formatted(device, String.join(" ", kind)),
        "link set %s addrgenmode none".formatted(device));
  }

  /**
   * Makes a veth whose end here is {@code port}, up, and whose other end is a device of another
   * host, down.
   */
  public void cable(String port, Space other, String device) {
    addDevice(port, "type", "veth", "peer", "name", device, "netns", Long.toString(other.pid()));
    ip("link set %s up".formatted(port));
    other.ip("link set %s addrgenmode none".formatted(device));
  }

  /** Starts a command inside that runs on. */
  public Child start(Path log, Map<String, String> environment, List<String> command) {
    return Spawner.start(log, environment, inside(command));
  }

  /** Whether one echo request from here, with these options of ping, is answered in a second. */
  public boolean pings(String address, String... options) {
    List<String> ping = new ArrayList<>(List.of("ping", "-n", "-c", "1", "-W", "1"));
    ping.addAll(List.of(options));
    ping.add(address);
    return run(ping.toArray(String[]::new)).exit() == 0;
  }

  @Override
  public void close() {
    holder.close();
    // With a process namespace the kernel ends all in it first.
    Await.soon("the end of " + name, () -> !Files.exists(Path.of("/proc/" + first)));
  }

  @Override
  public String toString() {
    return name;
  }
}
