package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults of the data path between hosts whose gossip works. */
@Tag("lab")
class WatchedPathIT {
  private static final int OCTETS = 10_000_000;

  private static final List<String> SINK =
      List.of("sh", "-c", "socat -u TCP-LISTEN:9000 - | wc -c");

  @RegisterExtension final Lab lab = new Lab();

  private final List<Host> hosts = lab.three();
  private final Host one = hosts.get(0);
  private final Host two = hosts.get(1);
  private final Host three = hosts.get(2);

  @BeforeEach
  void start() {
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    Await.until(
        "all paths are ok", () -> state(one, two).equals("ok") && state(two, one).equals("ok"));
  }

  private static JsonNode path(Host from, Host to) {
    for (JsonNode member : from.json("members").path("members")) {
      if (member.path("name").asText().equals(to.name())) {
        return member.path("path");
      }
    }
    throw new AssertionError(from + " doesn't list " + to);
  }

  private static String state(Host from, Host to) {
    return path(from, to).path("state").asText();
  }

  private static String direction(Host from, Host to) {
    return path(from, to).path("direction").asText();
  }

  private static void wall(Host host, String rule) {
    host.space().ok("nft", "add table inet wall");
    host.space()
        .ok(
            "nft",
            "add chain inet wall in { type filter hook input priority -10; policy accept; }");
    host.space().ok("nft", "add chain inet wall out { type filter hook output priority 0; }");
    host.space().ok("nft", "add rule inet wall in " + rule);
  }

  private static boolean tells(Host host, Host peer) {
    for (JsonNode problem : host.status().path("problems")) {
      if (problem.path("code").asText().equals("path-unreachable")
          && problem.path("message").asText().contains(peer.name())) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aFilteredTunnelIsToldByThePairAndByNobodyElse() {
    wall(two, "udp dport 4789 ip saddr " + one.underlay() + " drop");
    Await.until("h1 misses h2", () -> state(one, two).equals("unreachable"));
    Await.until("h2 misses h1", () -> state(two, one).equals("unreachable"));
    assertThat(tells(one, two)).isTrue();
    assertThat(tells(two, one)).isTrue();
    assertThat(one.ctl("status").exit()).isEqualTo(1);
    assertThat(three.ctl("status").exit()).isZero();
    assertThat(state(three, two)).isEqualTo("ok");
    assertThat(one.leadsTo(two)).as("routes stay").isTrue();
    Await.until("h1 knows the direction", () -> direction(one, two).equals("to"));
    Await.until("h2 knows the direction", () -> direction(two, one).equals("from"));
    assertThat(one.ctl("members").stdout()).contains("unreachable (to)");
    assertThat(two.ctl("status").stdout()).contains("those from this host arrive there");
    two.space()
        .ok("nft", "add rule inet wall out udp dport 4789 ip daddr " + one.underlay() + " drop");
    Await.until("h1 finds both broken", () -> direction(one, two).equals("both"));
    Await.until("h2 finds both broken", () -> direction(two, one).equals("both"));
    two.space().ok("nft", "delete table inet wall");
    Await.until("h1 reaches h2", () -> state(one, two).equals("ok"));
    Await.until("h2 reaches h1", () -> state(two, one).equals("ok"));
    assertThat(one.ctl("status").exit()).isZero();
    assertThat(one.ctl("events").stdout()).contains("path");
  }

  @Test
  void aSmallerPathIsMeasured() {
    // Outer packets of more than 1,400 octets are lost: 1,350 remain for the inner ones. The wall
    // would take what a veth carries unsegmented for one of them.
    one.space().ip("link set eth0 gso_max_segs 1");
    wall(two, "udp dport 4789 ip saddr " + one.underlay() + " meta length > 1400 drop");
    Await.until("h1 finds the path to h2 smaller", () -> state(one, two).equals("degraded"));
    assertThat(path(one, two).path("mtu").asInt()).isBetween(1342, 1350);
    assertThat(state(two, one)).isEqualTo("ok");
    assertThat(state(one, three)).isEqualTo("ok");
    int mtu = path(one, two).path("mtu").asInt();
    Await.until("the route has that MTU", () -> route().contains(" mtu " + mtu));
    Space container = one.stack().container();
    String far = two.stack().address();
    String largest = Integer.toString(mtu - 28);
    assertThat(container.pings(far, "-M", "do", "-s", largest)).as("DF fits").isTrue();
    assertThat(container.run("ping", "-c", "1", "-M", "do", "-s", "1422", far).exit())
        .as("too large is told")
        .isEqualTo(1);
    assertThat(container.pings(far, "-M", "dont", "-s", "8000")).as("fragments fit").isTrue();
    try (Child sink = two.stack().container().start(lab.log("sink"), Map.of(), SINK)) {
      Await.until("the sink listens", () -> listens(two.stack().container()));
      String sent =
          "head -c %d /dev/zero | timeout 20 socat -u - TCP:%s:9000".formatted(OCTETS, far);
      container.ok("sh", "-c", sent);
      Await.until("all is there", () -> sink.said().contains(Integer.toString(OCTETS)));
    }
    two.space().ok("nft", "delete table inet wall");
    Await.until("the path is whole again", () -> state(one, two).equals("ok"));
    assertThat(path(one, two).path("mtu").asInt()).isEqualTo(1450);
    Await.until("the route has the tunnel's MTU", () -> !route().contains("mtu"));
    // The container's kernel keeps the smaller size for ten minutes by itself (mtu_expires).
    container.ok("ip", "route", "flush", "cache");
    assertThat(container.pings(far, "-M", "do", "-s", "1422")).isTrue();
  }

  private String route() {
    return one.space().ok("ip", "route", "show", two.stack().subnet());
  }

  private static boolean listens(Space space) {
    return space.ok("ss", "-Hltn", "sport", "=", ":9000").contains(":9000");
  }
}
