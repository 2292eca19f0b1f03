package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.GuardedNetwork;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Host {@code a}, whose firewall is on trial, peer {@code b} and a {@code stranger} on one LAN
 * whose router holds every remote address, too: what leaks to the default gateway is answered.
 *
 * <p>Host a has two networks in VNI 1000 (containers a1, a2), one in VNI 2000 (a3) and one that is
 * no mesh network (a4). Host b has b1 in VNI 1000 and b3 in VNI 2000. Kernel devices, FDB and
 * neighbours are those the daemon would make.
 *
 * <p>A static {@code @RegisterExtension}: each test begins without our table, the last one ends the
 * lab.
 */
final class MeshLab implements BeforeEachCallback, AfterAllCallback {
  private final Lan wire = Lan.create("10.66.0.");
  final Space lan = wire.space();
  final Space a = Space.create();
  final Space b = Space.create();
  final Space stranger = Space.create();
  final Space a1 = Space.create();
  final Space a2 = Space.create();
  final Space a3 = Space.create();
  final Space a4 = Space.create();
  final Space b1 = Space.create();
  final Space b3 = Space.create();
  private final NftTable table = table(a);

  MeshLab() {
    lan.ip(
        "addr add 172.31.0.2/32 dev lo",
        "addr add 10.1.1.77/32 dev lo",
        "route add 172.30.0.0/16 via 10.66.0.1",
        "route add 10.1.1.1/32 via 10.66.0.1",
        "route add 172.28.0.0/16 via 10.66.0.1");
    wire.plug(a, 1);
    wire.plug(b, 2);
    wire.plug(stranger, 9);
    for (Space host : List.of(a, b)) {
      host.ok("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
    }
    network(a, a1, "br-a1", "172.30.0", "fd30:0:0:1");
    network(a, a2, "br-a2", "172.29.0", "fd29:0:0:1");
    network(a, a3, "br-a3", "172.27.0", "fd27:0:0:1");
    network(a, a4, "br-a4", "172.28.0", "fd28:0:0:1");
    network(b, b1, "br-b1", "172.31.0", "fd31:0:0:1");
    network(b, b3, "br-b3", "172.26.0", "fd26:0:0:1");
    for (int vni : new int[] {1000, 2000}) {
      String subnet = "10.1." + vni / 1000;
      tunnel(a, vni, "10.66.0.1", subnet + ".1", "02:00:00:00:00:0a");
      tunnel(b, vni, "10.66.0.2", subnet + ".2", "02:00:00:00:00:0b");
      tunnel(stranger, vni, "10.66.0.9", subnet + ".2", "02:00:00:00:00:0c");
      peer(a, vni, "10.66.0.2", subnet + ".2", "02:00:00:00:00:0b");
      peer(b, vni, "10.66.0.1", subnet + ".1", "02:00:00:00:00:0a");
      peer(stranger, vni, "10.66.0.1", subnet + ".1", "02:00:00:00:00:0a");
    }
    route(a, 1000, "172.31.0.0/16", "10.1.1.2");
    route(a, 1000, "fd31:0:0:1::/64", "fd01:0:0:1000::2");
    route(a, 2000, "172.26.0.0/16", "10.1.2.2");
    for (Space other : List.of(b, stranger)) {
      for (int third : new int[] {30, 29, 28}) {
        route(other, 1000, "172." + third + ".0.0/16", "10.1.1.1");
      }
      route(other, 2000, "172.27.0.0/16", "10.1.2.1");
      route(other, 1000, "fd30:0:0:1::/64", "fd01:0:0:1000::1");
    }
  }

  private static void network(
      Space host, Space container, String bridge, String three, String sixty4) {
    String port = "v" + bridge;
    host.ip(
        "link add %s type bridge".formatted(bridge),
        "addr add %s.1/16 dev %s".formatted(three, bridge),
        "addr add %s::1/64 dev %s nodad".formatted(sixty4, bridge),
        "link set %s up".formatted(bridge),
        "link add %s type veth peer name eth0 netns %d".formatted(port, container.pid()),
        "link set %s master %s up".formatted(port, bridge));
    container.ip(
        "addr add %s.2/16 dev eth0".formatted(three),
        "addr add %s::2/64 dev eth0 nodad".formatted(sixty4),
        "link set eth0 up",
        "route add default via %s.1".formatted(three),
        "route add default via %s::1".formatted(sixty4));
  }

  private static void tunnel(Space host, int vni, String local, String overlay, String mac) {
    host.ip(
        "link add vxlan%d address %s mtu 1450 type vxlan id %d dstport 4789 local %s"
            .formatted(vni, mac, vni, local),
        "link set vxlan%d addrgenmode none".formatted(vni),
        "addr add %s/24 dev vxlan%d".formatted(overlay, vni),
        "addr add fd01:0:0:%d::%s/64 dev vxlan%d nodad"
            .formatted(vni, overlay.substring(overlay.lastIndexOf('.') + 1), vni),
        "link set vxlan%d up".formatted(vni));
  }

  static void peer(Space host, int vni, String underlay, String overlay, String mac) {
    String last = overlay.substring(overlay.lastIndexOf('.') + 1);
    host.ok("bridge", "fdb", "replace", mac, "dev", "vxlan" + vni, "dst", underlay, "self");
    host.ip(
        "neigh replace %s lladdr %s dev vxlan%d nud permanent".formatted(overlay, mac, vni),
        "neigh replace fd01:0:0:%d::%s lladdr %s dev vxlan%d nud permanent"
            .formatted(vni, last, mac, vni));
  }

  static void route(Space host, int vni, String prefix, String via) {
    host.ip("route replace %s via %s dev vxlan%d onlink".formatted(prefix, via, vni));
  }

  /** What host a's daemon would want. */
  static FirewallPolicy policy() {
    return new FirewallPolicy(4789, 7952, Set.of(zone1000(), zone2000()), Set.of());
  }

  static Zone zone1000() {
    return new Zone(
        new Vni(1000),
        Prefix.parse("10.1.1.0/24"),
        addresses("10.1.1.1", "fd01:0:0:1000::1"),
        Set.of(
            network("172.30.0.0/16", "br-a1", "172.30.0.1"),
            network("fd30:0:0:1::/64", "br-a1", "fd30:0:0:1::1"),
            network("172.29.0.0/16", "br-a2", "172.29.0.1")),
        Set.of(
            new Remote(
                MacAddress.parse("02:00:00:00:00:0b"),
                Addresses.parse("10.66.0.2"),
                addresses("10.1.1.2", "fd01:0:0:1000::2"),
                prefixes("172.31.0.0/16", "fd31:0:0:1::/64"),
                addresses("172.31.0.1"))));
  }

  static Zone zone2000() {
    return new Zone(
        new Vni(2000),
        Prefix.parse("10.1.2.0/24"),
        addresses("10.1.2.1"),
        Set.of(network("172.27.0.0/16", "br-a3", "172.27.0.1")),
        Set.of(
            new Remote(
                MacAddress.parse("02:00:00:00:00:0b"),
                Addresses.parse("10.66.0.2"),
                addresses("10.1.2.2"),
                prefixes("172.26.0.0/16"),
                addresses("172.26.0.1"))));
  }

  static GuardedNetwork network(String prefix, @Nullable String device, String gateway) {
    return new GuardedNetwork(Prefix.parse(prefix), device, Addresses.parse(gateway));
  }

  static Set<InetAddress> addresses(String... literals) {
    return Stream.of(literals).map(Addresses::parse).collect(Collectors.toSet());
  }

  static Set<Prefix> prefixes(String... literals) {
    return Stream.of(literals).map(Prefix::parse).collect(Collectors.toSet());
  }

  Nft nft() {
    return new Nft(a.command("nft"));
  }

  Nftables nftables() {
    return Nftables.open(netns());
  }

  /** Our table in a namespace. */
  static NftTable table(Space where) {
    return new NftTable(new Nft(where.command("nft")), () -> Nftables.open(where.netns()));
  }

  /** Host a's table. */
  NftTable table() {
    return table;
  }

  /** Host a's network namespace. */
  Path netns() {
    return a.netns();
  }

  /** All of host a's firewall, as the daemon would run it there. */
  HostFirewall firewall() {
    return new HostFirewall(
        nft(),
        new Iptables(a.command(), Path.of("/proc/" + a.pid() + "/net")),
        () -> Conntrack.open(netns()),
        this::nftables,
        Runnable::run,
        Runnable::run,
        null,
        () -> {});
  }

  /** Whether a UDP datagram from b is answered by a port-unreachable. */
  boolean refused(String address, int port) {
    // One read on a connected socket: the ICMP error fails it (1), silence times it out (> 128).
    Output outcome =
        b.exec(
            "",
            "bash",
            "-c",
            "exec 3<>\"/dev/udp/$0/$1\"; echo >&3; read -r -t 0.4 -u 3; test $? -le 128",
            address,
            Integer.toString(port));
    return outcome.exit() == 0;
  }

  /** Puts {@link #policy} in force on host a. */
  void guard() throws FirewallException {
    table.replace(policy());
  }

  /** Takes steps that must not meet a problem. */
  static void take(HostFirewall firewall, Step... steps) {
    assertThat(firewall.apply(List.of(steps))).extracting(StepOutcome::problem).containsOnlyNulls();
  }

  /** Takes back all rules of this firewall on host a, and everybody's chains and connections. */
  void clear(HostFirewall firewall) {
    firewall.apply(List.of(new Step.CloseForwarding(), new Step.RemoveFirewall()));
    for (String backend : List.of("nft", "legacy")) {
      restore(backend, "*raw\nCOMMIT\n*nat\nCOMMIT\n*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n");
    }
    a.ok("conntrack", "-F");
  }

  /** Runs {@code iptables-restore} on host a. */
  void restore(String backend, String rules) {
    assertThat(a.exec(rules, "iptables-%s-restore".formatted(backend)).said()).isEmpty();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws FirewallException {
    table.remove();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    table.close();
    Stream.of(lan, a, b, stranger, a1, a2, a3, a4, b1, b3).forEach(Space::close);
  }
}
