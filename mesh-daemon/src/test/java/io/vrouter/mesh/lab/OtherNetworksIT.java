package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A host with other networks than the mesh: VPNs, aggregates, a router's table, a resolver behind
 * the mesh. Three hosts for all tests, each of which takes away what it made; the first is the one
 * with the other networks.
 */
@Tag("lab")
class OtherNetworksIT {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final String VPN = "tun0";
  private static final Pattern PASSES =
      Pattern.compile(
          "^mesh_reconcile_duration_seconds_count(?:\\{[^}]*})? ([0-9.]+)$", Pattern.MULTILINE);

  private static List<Host> hosts = List.of();
  private static Space vpn;
  private static int pings;

  private final Host one = hosts.get(0);
  private final Host two = hosts.get(1);
  private final Host three = hosts.get(2);
  private final Ping there = ping(one, two);
  private final Ping back = ping(three, one);

  @BeforeAll
  static void start() {
    hosts = LAB.three();
    vpn = LAB.closing(Space.create("vpn"));
    vpn.cable("far", hosts.get(0).space(), VPN);
    vpn.ip("addr add 10.8.0.1/24 dev far");
    hosts.get(0).space().ip("addr add 10.8.0.6/24 dev tun0", "link set tun0 up");
    hosts.forEach(Host::start);
    LAB.awaitMesh(hosts);
  }

  private static Ping ping(Host from, Host to) {
    return Ping.start(
        from.stack().container(), to.stack().address(), LAB.log("ping-" + from + ++pings));
  }

  @BeforeEach
  void pingsAreAnswered() {
    there.awaitMore(10);
    back.awaitMore(10);
  }

  @AfterEach
  void allIsAsBefore() {
    there.close();
    back.close();
    for (Host host : hosts) {
      Await.until(host + " is healthy", () -> host.ctl("status").exit() == 0);
    }
    LAB.awaitMesh(hosts);
  }

  /** That the mesh goes on as if nothing had happened, for some hundred packets each way. */
  private void assertUndisturbed() {
    there.awaitMore(200);
    back.awaitMore(200);
    assertThat(there.stop().lost()).isEmpty();
    assertThat(back.stop().lost()).isEmpty();
    for (Host host : hosts) {
      Output status = host.ctl("status");
      assertThat(status.exit()).as(status.stdout()).isZero();
    }
    assertThat(two.leadsTo(one)).isTrue();
    assertThat(three.leadsTo(one)).isTrue();
  }

  @Test
  void halvesOfTheAddressSpaceByAVpn() {
    PacketCount leaked = PacketCount.to(vpn, "172.16.0.0/12");
    one.space().ip("route add 0.0.0.0/1 dev tun0", "route add 128.0.0.0/1 dev tun0");
    try {
      assertUndisturbed();
      assertThat(leaked.count()).as("packets of the mesh on the VPN").isZero();
    } finally {
      one.space().ip("route del 0.0.0.0/1 dev tun0", "route del 128.0.0.0/1 dev tun0");
    }
  }

  @Test
  void aggregatesThatCoverStacks() {
    one.space()
        .ip(
            "route add 172.16.0.0/12 via " + Lan.GATEWAY,
            "route add 10.0.0.0/8 via " + Lan.GATEWAY,
            "route add unreachable 172.16.0.0/12 metric 999",
            "route add blackhole 172.0.0.0/8 metric 4");
    try {
      assertUndisturbed();
      // A range of the pool lies within such an aggregate, too.
      Output claimed = one.ctl("docker-pools");
      assertThat(claimed.exit()).as(claimed.stderr()).isZero();
    } finally {
      one.space()
          .ip(
              "route del 172.16.0.0/12 via " + Lan.GATEWAY,
              "route del 10.0.0.0/8 via " + Lan.GATEWAY,
              "route del unreachable 172.16.0.0/12 metric 999",
              "route del blackhole 172.0.0.0/8 metric 4");
    }
  }

  @Test
  void aRuleThatSendsAStacksPacketsElsewhereIsToldWithTheRuleThatMendsIt() {
    Space space = one.space();
    space.ip(
        "route add default via %s table 100".formatted(Lan.GATEWAY),
        "rule add pref 100 from 172.30.0.0/16 lookup 100");
    try {
      Await.until(
          "status names the rule",
          () -> one.ctl("status").stdout().contains("lookup 100") && one.ctl("status").exit() == 1);
      // The remedy as an operator would follow it.
      space.ip("rule add pref 90 to 172.31.0.0/16 lookup main");
      space.ip("rule add pref 91 to 172.22.0.0/16 lookup main");
      Await.until("the rule mends it", () -> one.ctl("status").exit() == 0);
      there.awaitMore(20);
    } finally {
      space.run("ip", "rule", "del", "pref", "100");
      space.run("ip", "rule", "del", "pref", "90");
      space.run("ip", "rule", "del", "pref", "91");
      space.run("ip", "route", "flush", "table", "100");
    }
  }

  @Test
  void forwardingIsPutBack() {
    Space space = one.space();
    for (String setting :
        List.of(
            "net.ipv4.ip_forward=0",
            "net.ipv4.conf.vxlan1000.forwarding=0",
            "net.ipv4.conf.all.rp_filter=1",
            "net.ipv4.conf.vxlan1000.rp_filter=1")) {
      space.ok("sysctl", "-qw", setting);
      there.awaitMore(20);
      back.awaitMore(20);
    }
    space.ok("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0");
    Await.until("events tell of it", () -> one.ctl("events").stdout().contains("forwarding"));
  }

  @Test
  void aResolverBehindTheMeshIsNoReasonToRefuseItsPrefix() {
    Space space = one.space();
    Await.until("the claim outlives a crash", () -> state().contains("172.31.0.0/16"));
    space.write("/run/resolv.conf", "nameserver 172.31.0.53\n");
    space.does("mount --bind /run/resolv.conf /etc/resolv.conf");
    one.daemon().kill();
    one.start();
    one.awaitAnswer();
    Await.until("the path is there", () -> one.leadsTo(two));
    assertUndisturbed();
    space.does("umount /etc/resolv.conf");
  }

  private String state() {
    return Lab.read(one.space().path("/var/lib/vrouter/state.json"));
  }

  @Test
  void aRoutersTable() {
    StringBuilder routes = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      // Public and private space by turns.
      routes.append(
          "route add %s.%d.%d/32 via %s\n"
              .formatted(i % 2 == 0 ? "11.0" : "10.64", i >> 9, i >> 1 & 255, Lan.GATEWAY));
    }
    one.space().exec(routes.toString(), "ip", "-batch", "-").ok();
    one.daemon().kill();
    one.start();
    one.awaitAnswer();
    Await.until("all are alive", () -> one.members().values().stream().allMatch("alive"::equals));
    assertUndisturbed();
    one.ctl("report", "-f", "/run/report.tar.gz").ok();
    one.ctl("doctor");
    assertThat(one.daemon().alive()).isTrue();
    one.space().does("ip route flush root 11.0.0.0/8");
    one.space().does("ip route flush root 10.64.0.0/16");
  }

  @Test
  void churnOfLinksAndRoutesCostsNoMoreThanFivePassesASecond() {
    StringBuilder churn = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      churn.append("link add churn0 type veth peer name churn1\nlink set churn0 up\n");
      churn.append("route add 198.51.100.0/24 via ").append(Lan.GATEWAY).append('\n');
      churn.append("route del 198.51.100.0/24\nlink del churn0\n");
    }
    double before = passes();
    long began = System.nanoTime();
    one.space().exec(churn.toString(), "ip", "-batch", "-").ok();
    double seconds = (System.nanoTime() - began) / 1e9;
    assertThat(passes() - before).isLessThanOrEqualTo(5 * (seconds + 1));
    assertUndisturbed();
  }

  private double passes() {
    Matcher found = PASSES.matcher(one.space().ok("curl", "-s", "http://127.0.0.1:7979/metrics"));
    assertThat(found.find()).isTrue();
    return Double.parseDouble(found.group(1));
  }

  @Test
  void aPrefixAdvertisedByMistakeIsLetGo() {
    Space lan = LAB.lan().space();
    Host mistaken = LAB.host(4);
    mistaken.stack("10.20.0.0/16");
    mistaken.start();
    Await.until("its route is here", () -> one.leadsTo(mistaken));
    // Held back is only what was in force for half a minute.
    BooleanSupplier held = () -> one.ctl("routes", "--withdrawn").stdout().contains("10.20.0.0/16");
    mistaken.stop();
    Await.until("its route is gone", () -> one.forgot(mistaken));
    if (held.getAsBoolean()) {
      one.ctl("routes", "--forget", "10.20.0.0/16").ok();
    }
    PacketCount out = PacketCount.to(lan, "10.20.0.0/16");
    Await.until(
        "the default gateway has it",
        () -> {
          one.stack().container().pings("10.20.0.9");
          return out.count() > 0;
        });
    assertThat(held.getAsBoolean()).isFalse();
    assertUndisturbed();
  }

  @Test
  void aHostOfTheMeshAnswersAContainerThatIsNotMasqueraded() {
    assertThat(one.stack().container().pings(two.underlay())).isTrue();
    assertUndisturbed();
  }
}
