package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.firewall.NftTable.TableState;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.lab.Space;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Real packets through the table. Where something must not pass, the same packet is first shown to
 * pass without the table, so that a lab that lost its way can't make a test green.
 */
class FirewallPacketsTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();
  private final NftTable table = LAB.table();

  @Test
  void meshTrafficPassesBothWays() throws FirewallException {
    LAB.guard();
    assertThat(LAB.a1.pings("172.31.0.2")).as("container to container").isTrue();
    assertThat(LAB.b1.pings("172.30.0.2")).as("and back").isTrue();
    assertThat(LAB.a1.pings("172.31.0.1")).as("container to remote gateway").isTrue();
    assertThat(LAB.b1.pings("172.30.0.1")).as("remote container to our gateway").isTrue();
    assertThat(LAB.a.pings("172.31.0.1")).as("host to remote gateway").isTrue();
    assertThat(LAB.a.pings("172.31.0.2")).as("host to remote container").isTrue();
    assertThat(LAB.b.pings("172.30.0.2")).as("remote host to our container").isTrue();
    assertThat(LAB.b.pings("172.30.0.2", "-I", "172.31.0.1")).as("remote gateway").isTrue();
    assertThat(LAB.a1.pings("10.1.1.2")).as("container to remote overlay address").isTrue();
    assertThat(LAB.b.pings("10.1.1.1")).as("overlay to overlay").isTrue();
    assertThat(LAB.a3.pings("172.26.0.2")).as("the other VNI").isTrue();
    assertThat(LAB.a1.pings("fd31:0:0:1::2")).as("IPv6").isTrue();
    assertThat(LAB.b1.pings("fd30:0:0:1::2")).as("IPv6 and back").isTrue();
    assertThat(LAB.a.pings("fd01:0:0:1000::2")).as("IPv6 overlay").isTrue();
    assertThat(LAB.b.pings("fd01:0:0:1000::1")).as("IPv6 overlay and back").isTrue();
    assertThat(table.compare(MeshLab.policy()))
        .as("counting alters nothing")
        .isEqualTo(TableState.CURRENT);
  }

  @Test
  void aStrangersTunnelPacketReachesNothing() throws FirewallException {
    // The stranger takes b's overlay address and b's MAC, and host a is made to send its answers
    // where the stranger wants them: the packet is as good as a forged one can be.
    LAB.stranger.ip("link set vxlan1000 address 02:00:00:00:00:0b");
    // A new MAC flushes a device's neighbours, permanent ones included.
    MeshLab.peer(LAB.stranger, 1000, "10.66.0.1", "10.1.1.1", "02:00:00:00:00:0a");
    MeshLab.peer(LAB.a, 1000, "10.66.0.9", "10.1.1.2", "02:00:00:00:00:0b");
    try {
      assertThat(LAB.stranger.pings("10.1.1.1")).as("overlay, open").isTrue();
      assertThat(LAB.stranger.pings("172.30.0.2")).as("container, open").isTrue();
      LAB.guard();
      assertThat(LAB.stranger.pings("10.1.1.1")).as("overlay").isFalse();
      assertThat(LAB.stranger.pings("172.30.0.2")).as("container").isFalse();
      assertThat(LAB.stranger.pings("172.30.0.1")).as("gateway").isFalse();
      assertThat(LAB.stranger.pings("fd30:0:0:1::2")).as("IPv6 container").isFalse();
    } finally {
      MeshLab.peer(LAB.a, 1000, "10.66.0.2", "10.1.1.2", "02:00:00:00:00:0b");
      LAB.stranger.ip("link set vxlan1000 address 02:00:00:00:00:0c");
    }
  }

  @Test
  void aForeignVniOnTheSamePortIsUndisturbed() throws FirewallException {
    LAB.guard();
    for (Space host : new Space[] {LAB.a, LAB.stranger}) {
      boolean a = host == LAB.a;
      host.ip(
          "link add theirs type vxlan id 77 dstport 4789 local 10.66.0.%d remote 10.66.0.%d"
              .formatted(a ? 1 : 9, a ? 9 : 1),
          "addr add 10.77.0.%d/24 dev theirs".formatted(a ? 1 : 2),
          "link set theirs up");
    }
    try {
      assertThat(LAB.stranger.pings("10.77.0.1")).isTrue();
      assertThat(LAB.a.pings("10.77.0.2")).isTrue();
    } finally {
      LAB.a.ip("link del theirs");
      LAB.stranger.ip("link del theirs");
    }
  }

  @Test
  void fromATunnelThisHostAnswersOnlyIcmpAndTheProbePort() throws FirewallException {
    assertThat(LAB.refused("10.1.1.1", 7952)).as("probe port, open").isTrue();
    assertThat(LAB.refused("10.1.1.1", 7953)).as("other port, open").isTrue();
    LAB.guard();
    assertThat(LAB.refused("10.1.1.1", 7952)).as("probe port").isTrue();
    assertThat(LAB.refused("fd01:0:0:1000::1", 7952)).as("probe port by IPv6").isTrue();
    assertThat(LAB.a.ok("nft", "list", "set", "inet", "vrouter", "probed4")).contains("10.1.1.2");
    assertThat(LAB.a.ok("nft", "list", "set", "inet", "vrouter", "probed6"))
        .contains("fd01:0:0:1000::2");
    assertThat(LAB.refused("10.1.1.1", 7953)).as("other port").isFalse();
    assertThat(LAB.refused("172.30.0.1", 7950)).as("gossip port at a gateway").isFalse();
    assertThat(LAB.b.pings("10.1.1.1")).as("echo").isTrue();
  }

  @Test
  void aTunnelReachesNeitherOtherAddressesNorOtherNetworks() throws FirewallException {
    LAB.a.ip("addr add 10.77.0.1/32 dev eth0");
    LAB.b.ip("route replace 10.77.0.1/32 via 10.1.1.1 dev vxlan1000 onlink");
    try {
      assertThat(LAB.b.pings("10.77.0.1", "-I", "10.1.1.2")).as("other address, open").isTrue();
      assertThat(LAB.b.pings("172.28.0.2")).as("unadvertised network, open").isTrue();
      LAB.guard();
      assertThat(LAB.b.pings("172.28.0.2")).as("unadvertised network").isFalse();
      assertThat(LAB.b.pings("10.77.0.1", "-I", "10.1.1.2")).as("other address").isFalse();
    } finally {
      LAB.a.ip("addr del 10.77.0.1/32 dev eth0");
      LAB.b.ip("route del 10.77.0.1/32");
    }
  }

  @Test
  void aPeersUnknownSourceIsDropped() throws FirewallException {
    LAB.b.ip("addr add 10.99.0.1/32 dev lo");
    LAB.a.ip("route add 10.99.0.1/32 via 10.1.1.2 dev vxlan1000 onlink");
    try {
      assertThat(LAB.b.pings("172.30.0.2", "-I", "10.99.0.1")).as("container, open").isTrue();
      assertThat(LAB.b.pings("10.1.1.1", "-I", "10.99.0.1")).as("host, open").isTrue();
      LAB.guard();
      assertThat(LAB.b.pings("172.30.0.2", "-I", "10.99.0.1")).as("container").isFalse();
      assertThat(LAB.b.pings("10.1.1.1", "-I", "10.99.0.1")).as("host").isFalse();
    } finally {
      LAB.a.ip("route del 10.99.0.1/32");
      LAB.b.ip("addr del 10.99.0.1/32 dev lo");
    }
  }

  @Test
  void vnisAreIsolated() throws FirewallException {
    LAB.b.ip("route replace 172.27.0.0/16 via 10.1.1.1 dev vxlan1000 onlink");
    try {
      assertThat(LAB.a1.pings("172.26.0.2")).as("1000 to remote 2000, open").isTrue();
      assertThat(LAB.a1.pings("172.27.0.2")).as("1000 to local 2000, open").isTrue();
      assertThat(LAB.b1.pings("172.27.0.2")).as("2000's network through 1000, open").isTrue();
      LAB.guard();
      assertThat(LAB.a1.pings("172.26.0.2")).as("1000 to remote 2000").isFalse();
      assertThat(LAB.a1.pings("172.27.0.2")).as("1000 to local 2000").isFalse();
      assertThat(LAB.b1.pings("172.27.0.2")).as("2000's network through 1000").isFalse();
      assertThat(LAB.a4.pings("172.31.0.2")).as("no mesh network to 1000").isFalse();
      assertThat(LAB.a1.pings("172.29.0.2")).as("two networks of one VNI").isTrue();
    } finally {
      LAB.b.ip("route replace 172.27.0.0/16 via 10.1.2.1 dev vxlan2000 onlink");
    }
  }

  @Test
  void aWithdrawnPrefixDoesNotLeakToTheDefaultGateway() throws FirewallException {
    LAB.a.ip("route del 172.31.0.0/16");
    try {
      FirewallPolicy withdrawn =
          new FirewallPolicy(
              4789, 7952, Set.of(alone(MeshLab.zone1000())), MeshLab.prefixes("172.31.0.0/16"));
      assertThat(LAB.a1.pings("172.31.0.2")).as("container, open").isTrue();
      assertThat(LAB.a.pings("172.31.0.2", "-I", "10.1.1.1")).as("overlay, open").isTrue();
      table.replace(withdrawn);
      assertRefused(LAB.a1, "172.31.0.2");
      assertThat(LAB.a.pings("172.31.0.2", "-I", "10.1.1.1")).as("from overlay").isFalse();
      assertThat(LAB.a.pings("172.31.0.2", "-I", "172.30.0.1")).as("from gateway").isFalse();
      assertThat(LAB.a4.pings("172.31.0.2")).as("no mesh network is not ours to judge").isTrue();
      assertThat(LAB.a1.pings("10.66.0.254")).as("the rest of the world").isTrue();
      assertThat(LAB.a1.pings("172.30.0.1")).as("its own gateway").isTrue();
      assertThat(LAB.a.pings("172.30.0.2")).as("host to its container").isTrue();
    } finally {
      MeshLab.route(LAB.a, 1000, "172.31.0.0/16", "10.1.1.2");
    }
  }

  @Test
  void anEstablishedFlowDoesNotLeakEither() throws FirewallException {
    LAB.guard();
    assertThat(LAB.a1.pings("172.31.0.2", "-e", "4242")).isTrue();
    LAB.a.ip("route del 172.31.0.0/16");
    try {
      assertThat(LAB.a1.pings("172.31.0.2", "-e", "4242")).isFalse();
    } finally {
      MeshLab.route(LAB.a, 1000, "172.31.0.0/16", "10.1.1.2");
    }
  }

  @Test
  void aNetworkWithoutItsDeviceIsClosed() throws FirewallException {
    Zone zone = MeshLab.zone1000();
    Zone deviceless =
        new Zone(
            zone.vni(),
            zone.overlaySubnet(),
            zone.overlays(),
            Set.of(MeshLab.network("172.30.0.0/16", null, "172.30.0.1")),
            zone.peers());
    table.replace(new FirewallPolicy(4789, 7952, Set.of(deviceless), Set.of()));
    assertThat(LAB.b1.pings("172.30.0.2")).isFalse();
  }

  @Test
  void onlyTheVnisOwnNetworksEnterItsTunnel() throws FirewallException {
    LAB.b.nft(
        """
        table inet check {
          counter strays { }
          chain c {
            type filter hook prerouting priority 0;
            iifname "vxlan1000" ip saddr { 172.27.0.2, 172.28.0.2 } counter name strays
            iifname "vxlan2000" ip saddr { 172.30.0.2, 172.28.0.2 } counter name strays
          }
        }
        """);
    try {
      LAB.guard();
      assertRefused(LAB.a4, "172.31.0.2");
      assertRefused(LAB.a4, "172.26.0.2");
      assertRefused(LAB.a3, "172.31.0.2");
      assertRefused(LAB.a1, "172.26.0.2");
      assertThat(LAB.b.ok("nft", "list", "counter", "inet", "check", "strays"))
          .contains("packets 0 ");
    } finally {
      LAB.b.nft("delete table inet check\n");
    }
  }

  private static void assertRefused(Space from, String to) {
    assertThat(from.run("ping", "-n", "-c1", "-W2", to).said()).contains("Packet filtered");
  }

  private static Zone alone(Zone zone) {
    return new Zone(
        zone.vni(),
        zone.overlaySubnet(),
        zone.overlays(),
        zone.local().stream().collect(Collectors.toSet()),
        Set.of());
  }
}
