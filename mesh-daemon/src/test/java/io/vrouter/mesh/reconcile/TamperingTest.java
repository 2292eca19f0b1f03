package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.VtepMac;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.lab.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever iproute2 can set on our device, address, forwarding entries, neighbours and routes comes
 * back, on the running kernel.
 */
class TamperingTest {
  private static final String MAC2 = VtepMac.of(Worlds.id(2), Worlds.VNI).toString();
  private static final String ZERO = "00:00:00:00:00:00";

  private final Space space = Space.bare();
  private final RtNetlink netlink = RtNetlink.open(space.netns());
  private Host host;

  @BeforeEach
  void mesh() {
    run("ip link set lo up");
    run("ip link add br-mesh type bridge");
    run("ip address add 172.30.0.1/16 dev br-mesh");
    run("ip link set br-mesh up");
    run("ip link add foreign type bridge");
    host = new Host(netlink, Worlds.local(Worlds.network("172.30.0.0/16", null)));
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16"));
    settle();
  }

  @AfterEach
  void close() {
    netlink.close();
    space.close();
  }

  static Stream<String> settings() {
    return Stream.of(
            ofLink(
                "mtu 1400",
                "address 02:00:00:00:00:99",
                "alias other",
                "alias vrouter",
                "master foreign",
                "arp off",
                "promisc on",
                "allmulticast on",
                "multicast on",
                "dynamic on",
                "trailers off",
                "txqueuelen 10",
                "group 5",
                "brd 02:00:00:00:00:99",
                "mode dormant",
                "protodown on",
                "addrgenmode eui64",
                "gso_max_size 30000",
                "gso_max_segs 10",
                "gro_max_size 30000",
                "down",
                "type vxlan remote 192.0.2.99",
                "type vxlan remote 192.0.2.2",
                "type vxlan local 192.0.2.99",
                "type vxlan dev lo",
                "type vxlan ttl 5",
                "type vxlan tos 8",
                "type vxlan tos inherit",
                "type vxlan df set",
                "type vxlan ageing 5",
                "type vxlan nolearning"),
            anew(
                "srcport 2000 2001",
                "noudpcsum",
                "maxaddress 7",
                "maxaddress 0",
                "dstport 4790",
                "ttl inherit",
                "proxy",
                "rsc",
                "l2miss",
                "l3miss",
                "udp6zerocsumtx",
                "udp6zerocsumrx",
                "remcsumtx",
                "remcsumrx",
                "gbp",
                "external"),
            addresses(
                "change 10.1.1.1/24 dev vxlan1000 valid_lft 60 preferred_lft 30",
                "change 10.1.1.1/24 dev vxlan1000 metric 7",
                "delete 10.1.1.1/24 dev vxlan1000",
                "add 10.1.1.1/25 dev vxlan1000",
                "add 10.9.9.9/32 dev vxlan1000"),
            againWith("10.1.1.1/24 dev vxlan1000 broadcast 10.1.1.255"),
            againWith("10.1.1.1/24 dev vxlan1000 scope link"),
            againWith("10.1.1.1/24 dev vxlan1000 label vxlan1000:x"),
            againWith("10.1.1.1/24 dev vxlan1000 noprefixroute"),
            againWith("10.1.1.1 peer 10.1.1.200/24 dev vxlan1000"),
            entries(
                "replace %s dev vxlan1000 dst 192.0.2.99 self permanent",
                "replace %s dev vxlan1000 dst 192.0.2.2 port 4790 self permanent",
                "replace %s dev vxlan1000 dst 192.0.2.2 vni 7 self permanent",
                "replace %s dev vxlan1000 dst 192.0.2.2 via lo self permanent",
                "replace %s dev vxlan1000 dst 192.0.2.2 self dynamic",
                "replace %s dev vxlan1000 dst 192.0.2.2 self permanent router",
                "delete %s dev vxlan1000"),
            entriesOf(
                ZERO,
                "delete %s dev vxlan1000 dst 192.0.2.2",
                "append %s dev vxlan1000 dst 192.0.2.99 self permanent",
                "append %s dev vxlan1000 dst 192.0.2.2 port 4790 self permanent",
                "append %s dev vxlan1000 dst 192.0.2.2 vni 7 self permanent",
                "append %s dev vxlan1000 dst 192.0.2.2 via lo self permanent"),
            entriesOf(
                "02:00:00:00:00:77",
                "add %s dev vxlan1000 dst 192.0.2.2 port 4790 self permanent",
                "add %s dev vxlan1000 dst 192.0.2.2 vni 7 self permanent",
                "add %s dev vxlan1000 dst 192.0.2.2 self permanent"),
            Stream.of(
                "bridge fdb delete %s dev vxlan1000; ip nexthop add id 12 via 192.0.2.99 fdb;"
                        .formatted(MAC2)
                    + " ip nexthop add id 102 group 12 fdb;"
                    + " bridge fdb add %s dev vxlan1000 nhid 102 self".formatted(MAC2)),
            neighbors(
                "replace 10.1.1.2 lladdr 02:00:00:00:00:99 dev vxlan1000 nud permanent",
                "replace 10.1.1.2 lladdr %s dev vxlan1000 nud stale",
                "replace 10.1.1.2 lladdr %s dev vxlan1000 nud permanent router",
                "replace 10.1.1.2 lladdr %s dev vxlan1000 nud permanent extern_learn",
                "replace 10.1.1.2 lladdr %s dev vxlan1000 nud permanent protocol static",
                "delete 10.1.1.2 dev vxlan1000",
                "add 10.1.1.77 lladdr %s dev vxlan1000 nud permanent",
                "flush dev vxlan1000 nud permanent"),
            routes(
                "src 172.30.0.1",
                "mtu 500",
                "mtu lock 1450",
                "advmss 500",
                "window 1000",
                "rtt 100ms",
                "rttvar 100ms",
                "rto_min 100ms",
                "hoplimit 1",
                "initcwnd 1",
                "initrwnd 1",
                "features ecn",
                "quickack 1",
                "congctl reno",
                "congctl lock reno",
                "fastopen_no_cookie 1",
                "realm 5",
                "encap ip id 7 dst 192.0.2.99"),
            Stream.of(
                "ip route del 172.31.0.0/16",
                "ip route replace 172.31.0.0/16 via 10.1.1.3 dev vxlan1000 onlink proto 158 metric"
                    + " 158",
                "ip route replace 172.31.0.0/16 dev vxlan1000 proto 158 metric 158",
                "ip route replace 172.31.0.0/16 via inet6 fe80::1 dev vxlan1000 onlink proto 158"
                    + " metric 158",
                "ip route replace blackhole 172.31.0.0/16 proto 158 metric 158",
                "ip route add 172.31.0.0/16 via 10.1.1.2 dev vxlan1000 onlink proto 158 metric 158"
                    + " tos 8",
                "ip route append 172.31.0.0/16 via 10.1.1.3 dev vxlan1000 onlink proto 158 metric"
                    + " 158",
                "ip route add 172.99.0.0/16 via 10.1.1.2 dev vxlan1000 onlink proto 158 metric 158",
                "ip route replace 172.31.0.0/16 proto 158 metric 158"
                    + " nexthop via 10.1.1.2 dev vxlan1000 onlink"
                    + " nexthop via 10.1.1.3 dev vxlan1000 onlink",
                "ip nexthop add id 5 via 10.1.1.2 dev vxlan1000 onlink;"
                    + " ip route replace 172.31.0.0/16 nhid 5 proto 158 metric 158",
                "sysctl -qw net.ipv4.ip_forward=1; sysctl -qw net.ipv4.ip_forward=0",
                "sysctl -qw net.ipv4.conf.vxlan1000.forwarding=0",
                "sysctl -qw net.ipv4.conf.br-mesh.forwarding=0",
                "sysctl -qw net.ipv4.conf.vxlan1000.rp_filter=1",
                "sysctl -qw net.ipv4.conf.vxlan1000.promote_secondaries=0",
                "ip link set vxlan1000 down; ip link set vxlan1000 name other;"
                    + " ip link set other up",
                "ip link set vxlan1000 master foreign; ip link set vxlan1000 mtu 1300;"
                    + " ip link set vxlan1000 arp off",
                "ip link del vxlan1000"))
        .flatMap(commands -> commands);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatIsSetComesBack(String commands) {
    String before = text();
    run(commands);
    assertThat(text()).as("the command has an effect").isNotEqualTo(before);
    settle();
    assertThat(text()).isEqualTo(before);
    assertThat(host.problems()).isEmpty();
    assertThat(host.snapshot().converged()).isTrue();
  }

  /** The event alone brings it back: no second pass, no audit, no timer. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip route del 172.31.0.0/16",
        "bridge fdb del %s dev vxlan1000",
        "bridge fdb del 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2",
        "ip neigh del 10.1.1.2 dev vxlan1000",
        "ip address delete 10.1.1.1/24 dev vxlan1000",
        "ip link set vxlan1000 mtu 1300",
        "ip link set vxlan1000 down",
        "ip link del vxlan1000"
      })
  void onePassRepairs(String tampering) {
    String before = text();
    long passes = host.snapshot().counters().passes();
    run(tampering.formatted(MAC2));
    assertThat(text()).isNotEqualTo(before);
    host.pass(Cause.OURS);
    assertThat(text()).isEqualTo(before);
    assertThat(host.snapshot().counters().passes()).isEqualTo(passes + 1);
    assertThat(host.repaired).isNotEmpty();
  }

  @Test
  void anotherMtuOrAliasLosesNoNeighbor() {
    try (Monitor monitor = Monitor.open(space.netns())) {
      run("ip link set vxlan1000 mtu 1400; ip link set vxlan1000 alias 'vrouter other'");
      settle();
      List<MonitorEvent> events = new ArrayList<>();
      run("ip link add last type bridge");
      while (events.stream().noneMatch(TamperingTest::isLast)) {
        events.addAll(monitor.await(Duration.ofSeconds(5)));
      }
      assertThat(events)
          .noneMatch(it -> it instanceof MonitorEvent.NeighborEvent event && event.removed());
    }
    assertThat(host.lines("mtu 1450")).hasSize(1);
  }

  @Test
  void aDeviceThatWasMovedAwayIsNamed() {
    try (Space other = Space.bare()) {
      run("ip link set vxlan1000 netns " + other.pid());
      settle();
      assertThat(host.problems()).contains("vni-taken-elsewhere");
      other.ok("ip", "link", "del", "vxlan1000");
      host.elapse(Duration.ofSeconds(60));
      assertThat(host.problems()).doesNotContain("vni-taken-elsewhere");
      assertThat(host.lines("link vxlan1000 up")).hasSize(1);
    }
  }

  static Stream<String> rules() {
    return Stream.of(
        "pref 100 from 172.30.0.0/16 lookup 100",
        "pref 100 from 172.30.0.0/16 to 172.31.0.0/16 lookup 100",
        "pref 100 iif br-mesh lookup 100",
        "pref 100 to 172.31.0.0/16 blackhole",
        "pref 100 to 172.31.0.0/16 unreachable",
        "pref 100 to 172.31.0.0/16 prohibit",
        "pref 100 iif vxlan1000 blackhole",
        "pref 100 from 172.31.0.0/16 prohibit",
        "pref 100 not from 10.0.0.0/8 lookup 100");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aRuleThatSendsMeshTrafficElsewhereIsNamed(String rule) {
    run("ip link set foreign up; ip route add default dev foreign table 100");
    run("ip rule add " + rule);
    settle();
    assertThat(host.snapshot().problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.code()).isIn("policy-rule", "route-shadowed");
              assertThat(problem.message() + problem.fix()).contains("rule");
            });
    assertThat(host.snapshot().routes())
        .filteredOn(route -> route.prefix().toString().equals("172.31.0.0/16"))
        .allSatisfy(route -> assertThat(route.state()).isEqualTo(RouteState.FOREIGN));
    run("ip rule del pref 100");
    settle();
    assertThat(host.problems()).isEmpty();
  }

  @Test
  void rulesThatConcernOthersAreNoProblem() {
    run("ip link set foreign up; ip route add default dev foreign table 100");
    run("ip rule add pref 100 from 203.0.113.0/24 lookup 100");
    run("ip rule add pref 101 iif foreign lookup 100");
    run("ip rule add pref 102 to 172.31.0.0/16 lookup main");
    run("ip rule add pref 103 from 172.30.0.0/16 to 203.0.113.0/24 blackhole");
    run("ip rule add pref 104 fwmark 7 lookup 100");
    run("ip rule add pref 105 lookup main suppress_prefixlength 0");
    settle();
    assertThat(host.problems()).isEmpty();
  }

  private static boolean isLast(MonitorEvent event) {
    return event instanceof MonitorEvent.LinkEvent one && one.link().name().equals("last");
  }

  private void settle() {
    host.settle();
    host.pass(Cause.KERNEL);
    host.elapse(Duration.ofSeconds(2));
  }

  /** Everything that is ours in iproute2's words, without indexes, counters and times. */
  private String text() {
    return Stream.of(
            "ip -d link show type vxlan",
            "ip -d address show dev vxlan1000",
            "bridge fdb show dev vxlan1000",
            "ip -d neigh show dev vxlan1000 nud permanent",
            "ip -d route show proto 158",
            "sysctl net.ipv4.conf.br-mesh.forwarding net.ipv4.conf.vxlan1000.forwarding"
                + " net.ipv4.conf.vxlan1000.rp_filter"
                + " net.ipv4.conf.vxlan1000.promote_secondaries")
        .map(this::shown)
        .collect(Collectors.joining("\n"));
  }

  private String shown(String command) {
    return space
        .run(command.split(" ", -1))
        .stdout()
        .replaceAll("(?m)^[0-9]+: ", "")
        // The kernel shows a carrier that is back up to 1 s later.
        .replaceAll("NO-CARRIER,", "")
        .replaceAll(" qdisc [a-z]+| state [A-Z]+|valid_lft [0-9]+sec|preferred_lft [0-9]+sec", "")
        .lines()
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** Commands separated by semicolons, words by blanks. */
  private void run(String commands) {
    for (String command : commands.split(";", -1)) {
      space.ok("sh", "-c", command.strip());
    }
  }

  private static Stream<String> ofLink(String... settings) {
    return Stream.of(settings).map(it -> "ip link set dev vxlan1000 " + it);
  }

  /** Made by a stranger with our alias and all that is ours but one setting. */
  private static Stream<String> anew(String... settings) {
    return Stream.of(settings)
        .map(
            it ->
                "ip link del vxlan1000; ip link add vxlan1000 type vxlan "
                    + (it.equals("external") ? "" : "id 1000 local 192.0.2.1 ")
                    + (it.startsWith("dstport") ? "" : "dstport 4789 ")
                    + (it.startsWith("maxaddress") ? "" : "maxaddress 4096 ")
                    + it
                    + "; ip link set vxlan1000 alias 'vrouter 00000000000000010000000000000001'");
  }

  private static Stream<String> addresses(String... changes) {
    return Stream.of(changes).map(it -> "ip address " + it);
  }

  private static Stream<String> againWith(String address) {
    return Stream.of("ip address delete 10.1.1.1/24 dev vxlan1000; ip address add " + address);
  }

  private static Stream<String> entries(String... changes) {
    return entriesOf(MAC2, changes);
  }

  private static Stream<String> entriesOf(String mac, String... changes) {
    return Stream.of(changes).map(it -> "bridge fdb " + it.formatted(mac));
  }

  private static Stream<String> neighbors(String... changes) {
    return Stream.of(changes).map(it -> "ip neigh " + it.formatted(MAC2));
  }

  private static Stream<String> routes(String... settings) {
    return Stream.of(settings)
        .map(
            it ->
                "ip route replace 172.31.0.0/16 via 10.1.1.2 dev vxlan1000 onlink proto 158 metric"
                    + " 158 "
                    + it);
  }
}
