package io.vrouter.bench.throughput;

import io.vrouter.bench.throughput.Carrier.Traffic;
import io.vrouter.mesh.engines.EngineHost;
import io.vrouter.mesh.engines.Engines;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Sources;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Spawner;
import io.vrouter.netlink.lab.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Measures what carries containers' traffic, interleaved: in each round every carrier once, in
 * another order. Two hosts with engines for the mesh, two for Swarm, and two plain ones.
 */
public final class ThroughputBench implements AutoCloseable {
  private static final Path BIN = Sources.ROOT.resolve("mesh-daemon/target/dist/bin/meshd");
  private static final Path DOCUMENT = Sources.ROOT.resolve("docs/performance.md");
  private static final String IMAGE = "sleeper";

  private final int rounds;
  private final int seconds;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final String token;
  private String mode = "";

  private ThroughputBench(int rounds, int seconds) {
    this.rounds = rounds;
    this.seconds = seconds;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    token = HexFormat.of().formatHex(secret);
  }

  /**
   * Arguments: rounds (5), seconds of each measurement (5), and the document's path
   * (docs/performance.md).
   */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path document = args.length > 2 ? Path.of(args[2]).toAbsolutePath() : DOCUMENT;
    ThroughputFigures measurements = new ThroughputFigures();
    String load = Files.readString(Path.of("/proc/loadavg")).strip();
    String versions;
    try (ThroughputBench bench = new ThroughputBench(rounds, seconds)) {
      List<Carrier> carriers = bench.carriers();
      versions = bench.versions();
      bench.run(carriers, measurements);
    }
    String text =
        "# Performance\n\nMade by `./mesh bench throughput %d %d`; no figure is typed.\n%n"
                .formatted(rounds, seconds)
            + versions
            + "* load before the run: "
            + load
            + "\n\nBoth ends, both hosts and the wire share these cores. In each round every"
            + " carrier is measured once, in another order. `mesh` has Docker's chains and its own"
            + " firewall, Swarm's overlay its own namespaces, the VXLAN by hand no firewall at"
            + " all.\n\n![medians](performance.svg)\n\n"
            + measurements.tables();
    Files.writeString(document, text);
    Files.writeString(document.resolveSibling("performance.svg"), measurements.picture());
    System.out.print(text);
    System.exit(0);
  }

  private void run(List<Carrier> carriers, ThroughputFigures into) {
    Random order = new Random(1);
    for (Traffic traffic : Traffic.values()) {
      carriers.forEach(carrier -> into.expect(traffic, carrier.name()));
    }
    for (int round = 1; round <= rounds; round++) {
      List<Carrier> shuffled = new ArrayList<>(carriers);
      Collections.shuffle(shuffled, order);
      for (Carrier carrier : shuffled) {
        carrier.ready().run();
        for (Traffic traffic : Traffic.values()) {
          double value = carrier.measure(traffic, seconds);
          into.add(traffic, carrier.name(), value);
          System.err.printf(
              "round %d, %s, %s: %.1f %s%n",
              round, carrier.name(), traffic.title, value, traffic.unit);
        }
      }
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.add(part);
    return part;
  }

  private List<Carrier> carriers() throws IOException {
    Engines engines = opened(Engines.start(4));
    Path image = image();
    engines.everywhere(host -> host.dockerOk("import", image.toString(), IMAGE));
    List<Carrier> carriers = new ArrayList<>();
    carriers.addAll(byHand());
    carriers.addAll(mesh(engines.host(1), engines.host(2)));
    carriers.add(swarm(engines.host(3), engines.host(4)));
    for (Carrier carrier : carriers) {
      serve(carrier);
    }
    return carriers;
  }

  /** An image with nothing but sleep: iperf3 is the host's. */
  private Path image() throws IOException {
    Path tar = Files.createTempFile("bench-image", ".tar");
    open.add(() -> Files.deleteIfExists(tar));
    String files =
        Spawner.run(Map.of(), List.of("ldd", "/usr/bin/sleep"))
            .ok()
            .stdout()
            .lines()
            .flatMap(line -> List.of(line.strip().split(" ")).stream())
            .filter(word -> word.startsWith("/"))
            .collect(Collectors.joining(" "));
    List<String> command =
        new ArrayList<>(List.of("tar", "-chf", tar.toString(), "/usr/bin/sleep"));
    command.addAll(List.of(files.split(" ")));
    Spawner.run(Map.of(), command).ok();
    return tar;
  }

  private static void serve(Carrier carrier) {
    carrier.to().run("iperf3", "-s", "-D").ok();
    Await.until(
        "iperf3 of " + carrier.name(),
        () -> carrier.to().run("ss", "-Hltn").stdout().contains(":5201"));
  }

  /** Two plain hosts: their wire, and a VXLAN with routes between their stacks. */
  private List<Carrier> byHand() {
    Lan lan = opened(Lan.create());
    List<Space> hosts = new ArrayList<>();
    List<Stack> stacks = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      Space host = opened(Space.create("hand" + number));
      lan.plug(host, number);
      Stack stack = opened(Stack.create(host, 1, "172.2%d.0.0/16".formatted(number)));
      int other = 3 - number;
      host.ip(
          "link add vx0 type vxlan id 77 dstport 4789 local %s%d remote %s%d"
              .formatted(Lan.PREFIX, number, Lan.PREFIX, other),
          "link set vx0 mtu 1450 up",
          "addr add 10.77.0.%d/24 dev vx0".formatted(number),
          "route add 172.2%d.0.0/16 via 10.77.0.%d dev vx0".formatted(other, other));
      host.does("sysctl -qw net.ipv4.ip_forward=1");
      stack.container().ip("link set eth0 mtu 1450");
      hosts.add(host);
      stacks.add(stack);
    }
    PathEnd from = PathEnd.of(stacks.get(0).container());
    PathEnd to = PathEnd.of(stacks.get(1).container());
    String address = stacks.get(1).address();
    Await.until("the VXLAN by hand", () -> stacks.get(0).container().pings(address));
    return List.of(
        new Carrier(
            ThroughputFigures.UNDERLAY,
            () -> {},
            PathEnd.of(hosts.get(0)),
            PathEnd.of(hosts.get(1)),
            Lan.PREFIX + 2),
        new Carrier(ThroughputFigures.HAND, () -> {}, from, to, address));
  }

  private List<Carrier> mesh(EngineHost first, EngineHost second) {
    List<String> pids = new ArrayList<>();
    for (EngineHost host : List.of(first, second)) {
      int number = pids.size();
      host.dockerOk(
          "network",
          "create",
          "--subnet",
          subnet(number),
          "--opt",
          "com.docker.network.driver.mtu=1450",
          "stack");
      pids.add(container(host, "stack"));
    }
    PathEnd from = PathEnd.of(first, pids.get(0));
    PathEnd to = PathEnd.of(second, pids.get(1));
    String address =
        second.dockerOk("inspect", "-f", "{{.NetworkSettings.Networks.stack.IPAddress}}", "one");
    List<EngineHost> hosts = List.of(first, second);
    return List.of(
        new Carrier(
            ThroughputFigures.MESH, () -> mode(hosts, from, address, "off"), from, to, address),
        new Carrier(
            ThroughputFigures.FAST, () -> mode(hosts, from, address, "on"), from, to, address));
  }

  private static String subnet(int number) {
    return "172.3%d.0.0/16".formatted(number);
  }

  private static String container(EngineHost host, String network) {
    host.dockerOk(
        "run", "-d", "--name", "one", "--network", network, IMAGE, "/usr/bin/sleep", "infinity");
    return host.dockerOk("inspect", "-f", "{{.State.Pid}}", "one");
  }

  /** Daemons with this setting, and a path that is warm. */
  private void mode(List<EngineHost> hosts, PathEnd from, String address, String fastPath) {
    if (!mode.equals(fastPath)) {
      mode = fastPath;
      for (int i = 0; i < hosts.size(); i++) {
        restart(hosts.get(i), subnet(i), fastPath);
      }
    }
    Await.until("the mesh", () -> from.run("ping", "-c", "1", "-W", "1", address).exit() == 0);
    boolean fast = fastPath.equals("on");
    for (EngineHost host : hosts) {
      Await.until(
          "--fast-path " + fastPath,
          () -> host.ok("tc", "qdisc", "show").contains("clsact") == fast && converged(host));
    }
  }

  /** Kills the host's daemon, whose data path stays, and starts it with another setting. */
  private void restart(EngineHost host, String subnet, String fastPath) {
    String kill = "[ ! -e /run/meshd.pid ] || kill -KILL $(cat /run/meshd.pid)";
    host.ok("sh", "-c", kill);
    Child unused =
        host.start(
            "meshd",
            "sh",
            "-c",
            "echo $$ > /run/meshd.pid; exec \"$@\"",
            "sh",
            "env",
            "MESH_TOKEN=" + token,
            BIN.toString(),
            "run",
            "--docker",
            "off",
            "--subnet",
            subnet,
            "--fast-path",
            fastPath);
  }

  private static boolean converged(EngineHost host) {
    return Space.parse(
            host.run(BIN.resolveSibling("meshctl").toString(), "-o", "json", "status").stdout())
        .path("converged")
        .asBoolean();
  }

  private Carrier swarm(EngineHost manager, EngineHost worker) {
    manager.dockerOk("swarm", "init", "--advertise-addr", manager.address());
    String join = manager.dockerOk("swarm", "join-token", "-q", "worker");
    worker.dockerOk(
        "swarm",
        "join",
        "--advertise-addr",
        worker.address(),
        "--token",
        join,
        manager.address() + ":2377");
    manager.dockerOk("network", "create", "-d", "overlay", "--attachable", "stack");
    String from = container(manager, "stack");
    String to = container(worker, "stack");
    String address =
        worker.dockerOk("inspect", "-f", "{{.NetworkSettings.Networks.stack.IPAddress}}", "one");
    PathEnd sender = PathEnd.of(manager, from);
    Await.until(
        "Swarm's overlay", () -> sender.run("ping", "-c", "1", "-W", "1", address).exit() == 0);
    return new Carrier(ThroughputFigures.SWARM, () -> {}, sender, PathEnd.of(worker, to), address);
  }

  private String versions() throws IOException {
    String cpu =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.replaceFirst(".*: *", ""))
            .orElse("unknown processor");
    return "* %s, %d cores; Linux %s; Java %s%n* %s; %s; commit %s%n"
        .formatted(
            cpu,
            Runtime.getRuntime().availableProcessors(),
            Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
            System.getProperty("java.version"),
            line("docker", "--version"),
            line("iperf3", "--version"),
            line("git", "-C", Sources.ROOT.toString(), "rev-parse", "--short", "HEAD"));
  }

  private static String line(String... command) {
    return Spawner.run(Map.of(), List.of(command)).stdout().lines().findFirst().orElse("unknown");
  }

  @Override
  public void close() {
    Collections.reverse(open);
    try {
      for (AutoCloseable part : open) {
        part.close();
      }
    } catch (Exception e) {
      throw new IllegalStateException("cannot close the hosts", e);
    }
  }
}
