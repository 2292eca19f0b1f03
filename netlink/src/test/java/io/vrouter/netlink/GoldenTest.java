package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.ip;
import static io.vrouter.netlink.wire.Rtnetlink.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.AddressRequests;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.FdbRequests;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.NeighborRequests;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.route.NetconfCodec;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.route.RuleCodec;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Ack;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.FibRules;
import io.vrouter.netlink.wire.IfAddr;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.NetconfAttributes;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The codec against captured bytes, both ways. */
class GoldenTest {
  private static final MacAddress VTEP = MacAddress.parse("02:00:00:00:00:02");
  private static final int VX0 = 2;

  /** Our requests, by the command whose bytes they must equal. */
  static Map<String, Request> requests() {
    Vxlan vxlan = Vxlan.of(1000, ip("192.0.2.1"), 4789).withLimit(4096);
    MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
    Address address6 =
        new Address(VX0, ip("2001:db8:1::1"), 64, 0, IfAddr.IFA_F_NODAD, null, null, "", List.of());
    return Map.ofEntries(
        Map.entry(
            "ip link add vx0 mtu 1450 address 02:00:00:00:00:01 type vxlan id 1000 local 192.0.2.1"
                + " dstport 4789 ageing 300 maxaddress 4096 udpcsum learning",
            LinkRequests.create("vx0", LinkInfo.of(vxlan), 1450, mac)),
        Map.entry(
            "ip link set dev vx0 alias vrouter:1000",
            LinkChange.of(VX0).alias("vrouter:1000").request()),
        Map.entry(
            "ip link set dev vx0 addrgenmode none", LinkChange.of(VX0).addrGenMode(1).request()),
        Map.entry("ip link set dev vx0 up", LinkChange.of(VX0).up().request()),
        Map.entry(
            "ip link set dev vx0 type vxlan local 192.0.2.9",
            LinkChange.of(VX0).vxlanLocal(ip("192.0.2.9")).request()),
        Map.entry("ip link set dev vx0 mtu 1400", LinkChange.of(VX0).mtu(1400).request()),
        Map.entry("ip link del vx0", LinkRequests.delete(VX0)),
        Map.entry(
            "ip address add 10.1.1.1/24 dev vx0",
            AddressRequests.add(Address.of(VX0, ip("10.1.1.1"), 24))),
        Map.entry("ip address add 2001:db8:1::1/64 dev vx0 nodad", AddressRequests.add(address6)),
        Map.entry(
            "ip neighbour replace 10.1.1.2 lladdr 02:00:00:00:00:02 dev vx0 nud permanent",
            NeighborRequests.replace(Neighbor.permanent(VX0, ip("10.1.1.2"), VTEP))),
        Map.entry(
            "ip neighbour replace 2001:db8:1::2 lladdr 02:00:00:00:00:02 dev vx0 nud permanent",
            NeighborRequests.replace(Neighbor.permanent(VX0, ip("2001:db8:1::2"), VTEP))),
        Map.entry(
            "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.2 self permanent",
            FdbRequests.append(FdbEntry.flood(VX0, ip("192.0.2.2")))),
        Map.entry(
            "bridge fdb replace 02:00:00:00:00:02 dev vx0 dst 192.0.2.2 self permanent",
            FdbRequests.replace(FdbEntry.permanent(VX0, VTEP, ip("192.0.2.2")))),
        Map.entry(
            "bridge fdb del 02:00:00:00:00:02 dev vx0 dst 192.0.2.2 self",
            FdbRequests.delete(FdbEntry.permanent(VX0, VTEP, ip("192.0.2.2")))),
        Map.entry(
            "ip route add 172.31.0.0/16 via 10.1.1.2 dev vx0 proto 158 metric 158 onlink",
            RouteRequests.add(Route.onlink(ip("172.31.0.0"), 16, ip("10.1.1.2"), VX0, 158, 158))),
        Map.entry(
            "ip route replace 172.31.0.0/16 via 10.1.1.3 dev vx0 proto 158 metric 158 onlink",
            RouteRequests.replace(
                Route.onlink(ip("172.31.0.0"), 16, ip("10.1.1.3"), VX0, 158, 158))),
        Map.entry(
            "ip route add fd00:31::/64 via 2001:db8:1::2 dev vx0 proto 158 metric 158 onlink",
            RouteRequests.add(
                Route.onlink(ip("fd00:31::"), 64, ip("2001:db8:1::2"), VX0, 158, 158))));
  }

  static List<String> commands() {
    return requests().keySet().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aRequestIsWhatIproute2Sends(String command) {
    Message captured = Golden.sent(command);
    Request request = Objects.requireNonNull(requests().get(command));
    Message ours = request.message(captured.seq(), true);
    assertThat(octets(ours)).isEqualTo(octets(captured));
  }

  @Test
  void everyMessageIsWrittenAsItWasRead() {
    assertThat(Golden.all()).hasSizeGreaterThan(30);
    Golden.all()
        .forEach(
            (command, captured) -> {
              Message message = Message.parse(ByteBuffer.wrap(captured)).get(0);
              assertThat(octets(message)).as(command).startsWith(captured);
            });
  }

  @Test
  void everythingTheKernelSaysSurvivesReadingAndWriting() {
    Golden.all()
        .forEach(
            (command, captured) -> {
              Message message = Message.parse(ByteBuffer.wrap(captured)).get(0);
              boolean answer = command.startsWith("<");
              switch (message.type()) {
                case RTM_NEWLINK ->
                    same(command, answer, message, LinkCodec::decode, LinkCodec::encode);
                case RTM_NEWADDR, RTM_DELADDR ->
                    same(command, true, message, AddressCodec::decode, AddressCodec::encode);
                case RTM_NEWROUTE, RTM_DELROUTE ->
                    same(command, true, message, RouteCodec::decode, RouteCodec::encode);
                case RTM_NEWNEIGH, RTM_DELNEIGH -> {
                  if (message.body().buffer().get() == Family.AF_BRIDGE) {
                    same(command, true, message, FdbCodec::decode, FdbCodec::encode);
                  } else {
                    same(command, true, message, NeighborCodec::decode, NeighborCodec::encode);
                  }
                }
                default -> {}
              }
            });
  }

  @Test
  void aVxlanLink() {
    Link link = LinkCodec.decode(Golden.received("ip -d link show dev vx0").body());
    assertThat(link.name()).isEqualTo("vx0");
    assertThat(link.index()).isEqualTo(VX0);
    assertThat(link.mtu()).isEqualTo(1400);
    assertThat(link.isUp()).isTrue();
    assertThat(link.alias()).isEqualTo("vrouter:1000");
    assertThat(link.address()).isEqualTo(MacAddress.parse("02:00:00:00:00:01"));
    assertThat(link.vxlan())
        .usingRecursiveComparison()
        .ignoringFields("unknown")
        .isEqualTo(Vxlan.of(1000, ip("192.0.2.9"), 4789).withLimit(4096));
    assertThat(Objects.requireNonNull(link.inet4()).values()).hasSizeGreaterThan(30);
    assertThat(Objects.requireNonNull(link.inet6()).values()).hasSizeGreaterThan(50);
  }

  @Test
  void aVxlanLinkOverIpv6() {
    Link link = LinkCodec.decode(Golden.received("ip -d link show dev vx6").body());
    Vxlan vxlan = Objects.requireNonNull(link.vxlan());
    assertThat(vxlan.local()).isEqualTo(ip("2001:db8::1"));
    assertThat(vxlan.port()).isEqualTo(4790);
    assertThat(vxlan.portLow()).isEqualTo(40_000);
    assertThat(vxlan.portHigh()).isEqualTo(50_000);
    assertThat(link.isUp()).isFalse();
  }

  @Test
  void aBridgeItsPortAndTheLoopback() {
    Link bridge = LinkCodec.decode(Golden.received("ip -d link show dev br0").body());
    assertThat(bridge.kind()).isEqualTo("bridge");
    assertThat(bridge.info().data()).isNotEmpty();
    Link port = LinkCodec.decode(Golden.received("ip -d link show dev ve0").body());
    assertThat(port.kind()).isEqualTo("veth");
    assertThat(port.master()).isEqualTo(bridge.index());
    assertThat(port.link()).isPositive();
    assertThat(port.info().unknown()).isNotEmpty();
    Link loopback = LinkCodec.decode(Golden.received("ip -d link show dev lo").body());
    assertThat(loopback.isLoopback()).isTrue();
    assertThat(loopback.type()).isEqualTo(IfLink.ARPHRD_LOOPBACK);
    assertThat(loopback.kind()).isEmpty();
  }

  @Test
  void addresses() {
    Address v4 = AddressCodec.decode(Golden.received("ip -4 address show dev vx0").body());
    assertThat(v4.address()).isEqualTo(ip("10.1.1.1"));
    assertThat(v4.prefixLength()).isEqualTo(24);
    assertThat(v4.label()).isEqualTo("vx0");
    assertThat(v4.peer()).isNull();
    assertThat(v4.flags()).isEqualTo(IfAddr.IFA_F_PERMANENT);
    Address v6 = AddressCodec.decode(Golden.received("ip -6 address show dev vx0").body());
    assertThat(v6.address()).isEqualTo(ip("2001:db8:1::1"));
    assertThat(v6.flags()).isEqualTo(IfAddr.IFA_F_PERMANENT | IfAddr.IFA_F_NODAD);
  }

  @Test
  void neighbours() {
    Neighbor neighbor = NeighborCodec.decode(Golden.received("ip neighbour show dev vx0").body());
    assertThat(neighbor.destination()).isEqualTo(ip("10.1.1.2"));
    assertThat(neighbor.lladdr()).isEqualTo(VTEP);
    assertThat(neighbor.isPermanent()).isTrue();
    FdbEntry entry = FdbCodec.decode(Golden.received("bridge fdb show dev vx0").body());
    assertThat(entry.mac()).isEqualTo(VTEP);
    assertThat(entry.dst()).isEqualTo(ip("192.0.2.2"));
    assertThat(entry.flags()).isEqualTo(Ndm.NTF_SELF);
    assertThat(entry.isPermanent()).isTrue();
  }

  @Test
  void routes() {
    Route v4 = RouteCodec.decode(Golden.received("ip route show proto 158").body());
    assertThat(v4).isEqualTo(Route.onlink(ip("172.31.0.0"), 16, ip("10.1.1.3"), VX0, 158, 158));
    Route v6 = RouteCodec.decode(Golden.received("ip -6 route show proto 158").body());
    assertThat(v6.gateway()).isEqualTo(ip("2001:db8:1::2"));
    assertThat(v6.isOnlink()).isTrue();
    Route multipath = RouteCodec.decode(Golden.received("ip route show table 7000").body());
    assertThat(multipath.table()).isEqualTo(7000);
    assertThat(multipath.gateway()).isNull();
    assertThat(multipath.multipath())
        .extracting(Route.NextHop::gateway)
        .containsExactly(ip("10.1.1.4"), ip("10.1.1.5"));
    assertThat(multipath.multipath()).extracting(Route.NextHop::hops).containsExactly(0, 2);
    Route blackhole =
        RouteCodec.decode(Golden.sent("ip route add blackhole 172.29.0.0/16 proto 158").body());
    assertThat(blackhole.type()).isEqualTo(RTN_BLACKHOLE);
  }

  @Test
  void refusals() {
    Ack taken =
        Ack.decode(
            Golden.received("ip link add vx9 type vxlan id 1000 local 192.0.2.9 dstport 4789"));
    assertThat(taken.errno()).isEqualTo(Errno.EEXIST);
    assertThat(taken.kernelMessage())
        .isEqualTo("A VXLAN device with the specified VNI already exists");
    Ack absent = Ack.decode(Golden.received("ip route del 203.0.113.0/24"));
    assertThat(absent).isEqualTo(new Ack(Errno.ESRCH, "", -1));
  }

  private static <T> void same(
      String command,
      boolean applies,
      Message message,
      Function<Payload, T> decode,
      Function<T, Payload> encode) {
    if (applies) {
      T value = decode.apply(message.body());
      assertThat(decode.apply(encode.apply(value))).as(command).isEqualTo(value);
    }
  }

  private static byte[] octets(Message message) {
    ByteBuffer out = ByteBuffer.allocate(message.size()).order(ByteOrder.nativeOrder());
    message.write(out);
    return out.array();
  }

  @Test
  void aRuleIsReadAndIsWrittenAsIproute2Does() {
    Rule blackhole =
        RuleCodec.decode(Golden.received("ip rule add pref 100 to 172.31.0.0/16 blackhole").body());
    assertThat(blackhole.family()).isEqualTo(Family.AF_INET);
    assertThat(blackhole.destination()).isEqualTo(ip("172.31.0.0"));
    assertThat(blackhole.destinationLength()).isEqualTo(16);
    assertThat(blackhole.source()).isNull();
    assertThat(blackhole.action()).isEqualTo(FibRules.FR_ACT_BLACKHOLE);
    assertThat(blackhole.priority()).isEqualTo(100);
    assertThat(RuleCodec.decode(RuleCodec.encode(blackhole))).isEqualTo(blackhole);
    Rule asked =
        new Rule(
            Family.AF_INET,
            ip("172.31.0.0"),
            16,
            null,
            0,
            0,
            0,
            FibRules.FR_ACT_BLACKHOLE,
            0,
            100,
            "",
            "",
            List.of());
    assertThat(RuleCodec.encode(asked))
        .isEqualTo(Golden.sent("ip rule add pref 100 to 172.31.0.0/16 blackhole").body());
    Rule marked =
        RuleCodec.decode(
            Golden.received("ip rule add pref 101 from 172.30.0.0/16 iif lo fwmark 0x1 lookup 1000")
                .body());
    assertThat(marked.table()).isEqualTo(1000);
    assertThat(marked.input()).isEqualTo("lo");
    assertThat(marked.source()).isEqualTo(ip("172.30.0.0"));
    assertThat(RuleCodec.decode(RuleCodec.encode(marked))).isEqualTo(marked);
  }

  @Test
  void aSettingOfADeviceIsRead() {
    Payload off = Golden.received("sysctl -qw net.ipv4.ip_forward=0").body();
    assertThat(NetconfCodec.decode(off))
        .isEqualTo(
            new Netconf(Family.AF_INET, NetconfAttributes.NETCONFA_IFINDEX_ALL, 0, -1, List.of()));
    assertThat(NetconfCodec.encode(NetconfCodec.decode(off))).isEqualTo(off);
    Payload filter = Golden.received("sysctl -qw net.ipv4.conf.lo.rp_filter=1").body();
    assertThat(NetconfCodec.decode(filter))
        .isEqualTo(new Netconf(Family.AF_INET, 1, -1, 1, List.of()));
    assertThat(NetconfCodec.encode(NetconfCodec.decode(filter))).isEqualTo(filter);
  }
}
