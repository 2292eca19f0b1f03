package io.vrouter.bench.real;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.bench.compose.Clock;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Sources;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Hosts 1 to N of one LAN with a daemon each, and watchers of their kernels. The second half of
 * them can be cut off from the first. Closing leaves nothing behind; neither does a killed JVM.
 */
final class RealHosts implements AutoCloseable {
  private static final String SOCKET = "/run/vrouter/mesh.sock";

  /** Of the build, or of an unpacked package. */
  private static final Path BIN =
      Path.of(
          System.getenv()
              .getOrDefault(
                  "MESH_BIN", Sources.ROOT.resolve("mesh-daemon/target/dist/bin").toString()));

  private static final String BETWEEN = "between";

  private final Path logs;
  private final String token;
  private final Lan near = Lan.create();
  private final Lan far = Lan.create();
  private final int half;
  private final List<Space> spaces = new ArrayList<>();
  private final List<KernelWatcher> kernels = new ArrayList<>();
  private final Map<Integer, Child> daemons = new TreeMap<>();

  /** Makes the hosts; no daemon runs. {@code logs} is a directory of their own. */
  RealHosts(int count, Path logs) {
    this.logs = logs;
    this.half = count / 2;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    token = HexFormat.of().formatHex(secret);
    near.space().cable(BETWEEN, far.space(), BETWEEN);
    near.space().ip("link set between master lan");
    // One gateway is enough for both.
    far.space().ip("addr flush dev lan", "link set between master lan up");
    for (int number = 1; number <= count; number++) {
      Space space = Space.create("h" + number);
      lanOf(number).plug(space, number);
      spaces.add(space);
      kernels.add(KernelWatcher.start(space));
    }
  }

  private Lan lanOf(int number) {
    return number <= half ? near : far;
  }

  /** The numbers from one to another. */
  static List<Integer> range(int first, int last) {
    return Stream.iterate(first, n -> n <= last, n -> n + 1).toList();
  }

  /** The numbers from 1 to {@code last} without one. */
  static List<Integer> others(int host, int last) {
    return range(1, last).stream().filter(n -> n != host).toList();
  }

  Space space(int number) {
    return spaces.get(number - 1);
  }

  KernelWatcher kernel(int number) {
    return kernels.get(number - 1);
  }

  static String underlay(int number) {
    return Lan.PREFIX + number;
  }

  /** Starts a daemon that advertises these subnets; returns the time of the start. */
  long start(int number, String subnet) {
    long began = Clock.now();
    daemons.put(
        number,
        space(number)
            .start(
                log(number),
                Map.of("MESH_TOKEN", token),
                List.of(
                    BIN.resolve("meshd").toString(),
                    "run",
                    "--subnet",
                    subnet,
                    "--node-name",
                    "h" + number,
                    "--docker",
                    "off")));
    return began;
  }

  /** Time at which the control socket of a daemon just started appeared. */
  long accepts(int number) {
    Path socket = space(number).path(SOCKET);
    return Clock.await(
        "the control socket of h" + number,
        Duration.ofMillis(2),
        () -> Files.exists(socket) ? OptionalLong.of(Clock.now()) : OptionalLong.empty());
  }

  /** The number of hosts with a started daemon. */
  int started() {
    return daemons.size();
  }

  /** Sends a signal to a daemon; returns the time of the signal. */
  long signal(int number, String name) {
    Child daemon = daemon(number);
    long at = Clock.now();
    daemon.signal(name);
    return at;
  }

  void awaitExit(int number) {
    daemon(number).awaitExit();
  }

  private Child daemon(int number) {
    return Objects.requireNonNull(daemons.get(number), "no daemon was started on that host");
  }

  /** Pulls a host's cable; returns the time. */
  long pull(int number) {
    long at = Clock.now();
    lanOf(number).pull(number);
    return at;
  }

  /** Puts it back. */
  long mend(int number) {
    long at = Clock.now();
    lanOf(number).mend(number);
    return at;
  }

  /** Cuts the halves off from each other, or joins them: {@code down} or {@code up}. */
  long between(String state) {
    long at = Clock.now();
    near.space().ip("link set between " + state);
    return at;
  }

  /** Runs {@code meshctl -o json} on a host. */
  JsonNode ctl(int number, String command) {
    return Space.parse(
        Spawner.run(
                Map.of(),
                List.of(
                    BIN.resolve("meshctl").toString(),
                    "--socket",
                    space(number).path(SOCKET).toString(),
                    "-o",
                    "json",
                    command))
            .ok()
            .stdout());
  }

  /** One transition of a member as its observer recorded it, in microseconds since 1970. */
  record ObservedTransition(String name, String to, long at) {}

  /** The transitions that a host's daemon lists, from a moment on, oldest first. */
  List<ObservedTransition> transitions(int number, long since) {
    List<ObservedTransition> all = new ArrayList<>();
    for (JsonNode event : ctl(number, "events").path("events")) {
      if (event.path("type").asText().equals("transition")) {
        // To the millisecond: an event in the first millisecond counts.
        long at = Instant.parse(event.path("at").asText()).toEpochMilli() * 1_000;
        if (at + 1_000 > since) {
          all.add(
              new ObservedTransition(event.path("name").asText(), event.path("to").asText(), at));
        }
      }
    }
    return all;
  }

  /** Time at which a host's daemon first had another in its present status. */
  OptionalLong became(int observer, int host, String status, long since) {
    List<ObservedTransition> all =
        transitions(observer, since).stream().filter(it -> it.name().equals("h" + host)).toList();
    if (all.isEmpty() || !all.get(all.size() - 1).to().equals(status)) {
      return OptionalLong.empty();
    }
    return all.stream()
        .filter(it -> it.to().equals(status))
        .mapToLong(ObservedTransition::at)
        .findFirst();
  }

  /** A file of {@code /proc} of a daemon. */
  String proc(int number, String file) {
    try {
      return Files.readString(Path.of("/proc/" + daemon(number).pid() + "/" + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The memory of a daemon, VmRSS in MB. */
  double resident(int number) {
    return proc(number, "status")
            .lines()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / 1024.0;
  }

  private Path log(int number) {
    return logs.resolve("h" + number + ".log");
  }

  @Override
  public void close() {
    daemons.values().forEach(Child::close);
    spaces.forEach(Space::close);
    near.close();
    far.close();
  }
}
