package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a host leaves, and what it must not touch while it is there. */
@Tag("lab")
class LeaveIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void sigtermLeavesNoTraceInAnyKernel() {
    List<Host> hosts = lab.three();
    List<List<String>> before = hosts.stream().map(host -> host.kernel().snapshot()).toList();
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    Host leaver = hosts.get(2);

    assertThat(leaver.stop()).as("exit code").isIn(0, 143);

    assertClean(leaver, before.get(2));
    assertThat(leaver.space().run("test", "-e", Host.SOCKET).exit()).as("socket").isNotZero();
    for (Host left : hosts.subList(0, 2)) {
      Await.until(left + " forgot the leaver", () -> left.forgot(leaver));
      assertThat(left.statusOf(leaver)).isEqualTo("absent");
    }
    lab.awaitMesh(hosts.subList(0, 2));

    hosts.subList(0, 2).forEach(Host::stop);
    for (int i = 0; i < hosts.size(); i++) {
      assertClean(hosts.get(i), before.get(i));
    }
  }

  @Test
  void meshctlLeaveTakesAHostOut() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    List<String> before = two.kernel().snapshot();
    one.start();
    two.start();
    lab.awaitMesh(List.of(one, two));

    assertThat(two.ctl("leave").ok().exit()).isZero();

    Await.until("h1 forgot h2", () -> one.forgot(two));
    two.daemon().awaitExit();
    assertClean(two, before);
    assertThat(two.ctl("members").exit()).as("exit code without a daemon").isEqualTo(3);
    assertThat(statusAmongAll(one, "h2")).isEqualTo("left");
  }

  private static String statusAmongAll(Host host, String name) {
    for (JsonNode member : host.json("members", "--all").path("members")) {
      if (member.path("name").asText().equals(name)) {
        return member.path("status").asText();
      }
    }
    return "absent";
  }

  @Test
  void whatOthersMadeIsLeftAlone() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    two.stack("172.29.0.0/16");
    Space space = one.space();
    space.ok("ip", "route", "add", "10.77.0.0/16", "via", Lan.GATEWAY, "proto", "static");
    space.ok("ip", "route", "add", "172.29.0.0/16", "via", Lan.GATEWAY, "metric", "50");
    space.addDevice(
        "vxlan77", "type", "vxlan", "id", "77", "dstport", "4790", "local", one.underlay());
    space.ok("ip", "link", "set", "vxlan77", "up");
    space.ok(
        "bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "vxlan77", "dst", two.underlay());
    space.ok("ip", "neigh", "add", "10.77.0.9", "lladdr", "02:00:00:00:00:09", "dev", "eth0");
    space.ok("nft", "add", "table", "inet", "theirs");
    space.ok(
        "nft",
        "add",
        "chain",
        "inet",
        "theirs",
        "watch",
        "{ type filter hook forward priority 5; policy accept; }");
    List<String> before = one.kernel().snapshot();

    one.start();
    two.start();
    Await.until("h1 has the route", () -> one.kernel().meshRoutes().contains("172.31.0.0/16"));
    Await.until(
        "h1's stack reaches h2's", () -> one.stack().container().pings(two.stack().address()));

    assertThat(one.kernel().snapshot())
        .as("with the daemon running")
        .containsAll(before.stream().filter(LeaveIT::isTheirs).toList());
    assertThat(one.kernel().routesTo("172.29.0.0/16"))
        .anyMatch(route -> route.contains("via " + Lan.GATEWAY));
    Await.asserted("its state is told", () -> assertThat(state(one)).isNotEqualTo("installed"));
    assertThat(space.ok("nft", "list", "ruleset")).contains("table inet theirs");

    one.stop();
    assertClean(one, before);
  }

  private static boolean isTheirs(String line) {
    return !line.startsWith("nft:") && !line.startsWith("switch:");
  }

  private static String state(Host host) {
    for (JsonNode route : host.json("routes").path("routes")) {
      if (route.path("prefix").asText().equals("172.29.0.0/16")) {
        return route.path("state").asText();
      }
    }
    return "not listed";
  }

  private static void assertClean(Host host, List<String> before) {
    assertThat(host.kernel().snapshot())
        .as("the kernel of " + host)
        .containsExactlyInAnyOrderElementsOf(before);
  }
}
