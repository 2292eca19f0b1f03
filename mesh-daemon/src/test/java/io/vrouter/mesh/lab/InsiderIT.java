package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Ping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A holder of the token that lies about everything, among real daemons: nobody else has harm. */
@Tag("lab")
class InsiderIT {
  /** Lies after which a heap has the size that the bounds of what is kept allow it. */
  private static final int WARM = 1_000;

  private static final int KILOBYTES_GROWN = 20 * 1024;
  private static final Set<String> GONE = Set.of("failed", "left", "replaced");

  private static final Pattern OVERLAY = Pattern.compile("vxlan1000 +inet ([0-9.]+)/");

  @RegisterExtension private final Lab lab = new Lab();

  /** What is watched of one honest host from before the lies to after them. */
  private record Watched(
      Host host,
      Set<String> ways,
      String overlay,
      String mac,
      List<Child> monitors,
      EventStream events) {
    /** All that its tunnel end ever was: a host moves it when another claims the same. */
    Set<String> overlays() {
      Set<String> overlays = new TreeSet<>(Set.of(overlay));
      OVERLAY
          .matcher(monitors.get(0).said())
          .results()
          .forEach(found -> overlays.add(found.group(1)));
      return overlays;
    }

    /** Here the other host was always led to, and nobody else in its place. */
    void assertKept(Watched other) {
      String subnet = other.host.stack().subnet();
      String entry = "dev vxlan1000 dst " + other.host.underlay() + " ";
      assertThat(monitors.get(0).said().lines())
          .as("routes of %s to %s", host, other.host)
          .noneMatch(line -> line.startsWith("Deleted " + subnet))
          .filteredOn(line -> line.startsWith(subnet + " via "))
          .allMatch(
              line ->
                  other.overlays().stream()
                      .anyMatch(end -> line.startsWith(subnet + " via " + end + " ")));
      // An invented identity at its endpoint may have an entry of its own besides.
      assertThat(monitors.get(1).said().lines())
          .as("entries of %s for %s", host, other.host)
          .noneMatch(line -> line.contains(other.mac))
          .noneMatch(line -> line.startsWith("Deleted 00:00:00:00:00:00 " + entry));
      assertThat(events.about(other.host.name()))
          .as("what %s saw of %s", host, other.host)
          .noneMatch(event -> GONE.contains(event.path("to").asText()));
    }
  }

  @Test
  void aMemberThatLiesHarmsNobodyElse() throws IOException {
    List<Host> honest = lab.three();
    honest.forEach(Host::start);
    lab.awaitMesh(honest);
    honest.forEach(host -> Await.until(host + " is healthy", () -> host.ctl("status").exit() == 0));
    Host four = lab.host(4);
    Child liar = lie(four, honest);
    Await.until("it has joined", () -> liar.said().contains("joined"));
    for (Host host : honest) {
      Await.until(
          host + " has its route", () -> host.kernel().meshRoutes().contains("10.99.0.0/24"));
    }

    List<Watched> all = new ArrayList<>();
    for (Host host : honest) {
      all.add(watch(host, honest));
    }
    List<Ping> pings = new ArrayList<>();
    for (int i = 0; i < honest.size(); i++) {
      Host from = honest.get(i);
      Host to = honest.get((i + 1) % honest.size());
      pings.add(
          lab.closing(
              Ping.start(from.stack().container(), to.stack().address(), lab.log("ping-" + from))));
    }
    pings.forEach(ping -> ping.awaitMore(5));
    liar.tell("lie");
    Map<Host, Integer> resident = new HashMap<>();
    for (int lies = 500; lies <= LyingHost.ROUNDS; lies += 500) {
      String said = lies + " lies";
      Await.until(said, () -> liar.said().contains(said));
      if (lies == WARM) {
        for (Host host : honest) {
          resident.put(host, resident(host));
        }
      }
    }
    pings.forEach(ping -> ping.awaitMore(100));
    for (Ping ping : pings) {
      assertThat(ping.stop().lost()).as("pings lost").isEmpty();
    }
    for (Watched watched : all) {
      judge(watched, all, four, liar);
      assertThat(resident(watched.host()))
          .as("kB of the daemon of %s, by three times as many lies", watched.host())
          .isLessThan(resident.getOrDefault(watched.host(), 0) + KILOBYTES_GROWN);
    }
  }

  private Child lie(Host host, List<Host> honest) {
    List<String> command = new ArrayList<>(List.of("java", "-Xmx256m", "-cp", Lab.classPath()));
    command.addAll(List.of(LyingHost.class.getName(), host.underlay()));
    honest.forEach(each -> command.add(each.underlay()));
    return lab.closing(host.launch(Map.of("MESH_TOKEN", lab.token()), command));
  }

  private Watched watch(Host host, List<Host> honest) {
    List<Child> monitors =
        List.of(
            monitor(host, "ip", "monitor", "link", "address", "route", "neigh"),
            monitor(host, "bridge", "monitor", "fdb"));
    String marker = "198.51.100.%d".formatted(host.number());
    Await.until(
        "routes are watched",
        () -> {
          host.space().does("ip route add %s dev lo".formatted(marker));
          host.space().does("ip route del %s dev lo".formatted(marker));
          return monitors.get(0).said().contains(marker);
        });
    String mac = "02:00:00:00:01:0" + host.number();
    String bridge = host.stack().bridge();
    Await.until(
        "entries are watched",
        () -> {
          host.space().does("bridge fdb replace %s dev %s self local".formatted(mac, bridge));
          host.space().does("bridge fdb del %s dev %s self local".formatted(mac, bridge));
          return monitors.get(1).said().contains(mac);
        });
    return new Watched(
        host,
        ways(host, honest),
        host.kernel().address(Kernel.DEVICE),
        host.space()
            .json("ip", "-j", "link", "show", "dev", Kernel.DEVICE)
            .path(0)
            .path("address")
            .asText(),
        monitors,
        lab.closing(EventStream.of(host, lab)));
  }

  private Child monitor(Host host, String... command) {
    return lab.closing(
        host.space().start(lab.log(command[0] + "-monitor-" + host), Map.of(), List.of(command)));
  }

  /** The routes here to the other honest hosts' subnets, without their next hops. */
  private static Set<String> ways(Host host, List<Host> honest) {
    Set<String> ways = new TreeSet<>(host.kernel().meshRoutes());
    ways.retainAll(honest.stream().map(each -> each.stack().subnet()).toList());
    return ways;
  }

  private static void judge(Watched watched, List<Watched> all, Host four, Child liar) {
    Host host = watched.host();
    for (Watched other : all) {
      if (!other.host().equals(host)) {
        watched.assertKept(other);
      }
    }
    assertThat(ways(host, all.stream().map(Watched::host).toList())).isEqualTo(watched.ways());
    assertThat(host.space().run("ip", "route", "get", "8.8.8.8").stdout())
        .doesNotContain(Kernel.DEVICE);
    assertThat(host.daemon().alive()).as("the daemon of %s", host).isTrue();
    assertThat(host.daemon().said()).doesNotContain("fault of its own", "defect");
    if (host.ctl("status").exit() != 0) {
      Set<String> names = names(four, liar);
      for (JsonNode problem : host.status().path("problems")) {
        assertThat(problem.toString())
            .as("what makes %s unhealthy", host)
            .matches(text -> names.stream().anyMatch(text::contains));
      }
    }
  }

  /** By which a log or a status may name the liar. */
  private static Set<String> names(Host four, Child liar) {
    Set<String> names = new TreeSet<>(Set.of(four.underlay(), "liar"));
    liar.said()
        .lines()
        .filter(line -> line.startsWith("identity "))
        .forEach(line -> names.add(line.substring("identity ".length())));
    return names;
  }

  private static int resident(Host host) throws IOException {
    String status = Files.readString(Path.of("/proc/%d/status".formatted(host.daemon().pid())));
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .sum();
  }
}
