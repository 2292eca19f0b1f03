package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.MacAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nobody speaks in another's name: who is outside, behind a member's NAT, in a container with
 * NET_RAW, a plain user of a member, or another member. Each forgery is first shown to arrive
 * without the table.
 */
class FirewallForgeryTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();

  private static final String A = "02:00:00:00:00:0a";
  private static final String B = "02:00:00:00:00:0b";
  private static final String C = "02:00:00:00:00:0c";
  private static final String[] PLAIN_USER = {"setpriv", "--reuid", "65534", "--clear-groups"};
  private static final String MASQUERADE =
      """
      table ip nated {
        chain out {
          type nat hook postrouting priority 100;
          oifname "eth0" masquerade
        }
      }
      """;

  /** In the name of host a, to a container of host b. */
  private final Forgery toB = new Forgery(1000, A, B, "172.30.0.77", "172.31.0.2");

  private final NftTable table = LAB.table();

  @Test
  void aContainersPacketBehindTheHostsNatIsNoTunnelPacket() throws FirewallException {
    LAB.a.nft(MASQUERADE);
    try (Seen seen = Seen.udp(LAB.b1)) {
      for (Space container : new Space[] {LAB.a4, LAB.a1}) {
        table.remove();
        toB.send(container, "10.66.0.2");
        assertThat(seen.arrive(1)).as("open").isTrue();
        LAB.guard();
        toB.send(container, "10.66.0.2");
        assertThat(seen.count()).isZero();
      }
    } finally {
      LAB.a.nft("delete table ip nated");
    }
  }

  /** With NET_RAW any source may be had; a host that routes between members lets theirs pass. */
  @Test
  void aContainerThatTakesAMembersAddressIsNoMember() throws FirewallException {
    LAB.a4.ip(
        "addr add 10.66.0.9/32 dev lo", "route add 10.66.0.2/32 via 172.28.0.1 src 10.66.0.9");
    LAB.stranger.ip("route add 10.66.0.2/32 via 10.66.0.1");
    LAB.a.ok("sysctl", "-qw", "net.ipv4.conf.br-a4.rp_filter=0", "net.ipv4.conf.all.rp_filter=0");
    Forgery asC = new Forgery(1000, C, B, "172.25.0.77", "172.31.0.2");
    FirewallPolicy members = withStranger();
    try (Seen seen = Seen.udp(LAB.b1)) {
      asC.send(LAB.a4, "10.66.0.2");
      assertThat(seen.arrive(1)).as("open").isTrue();
      table.replace(members);
      asC.send(LAB.a4, "10.66.0.2");
      assertThat(seen.count()).isZero();
      asC.send(LAB.stranger, "10.66.0.2");
      assertThat(seen.arrive(1)).as("between members, by way of this host").isTrue();
    } finally {
      LAB.a4.ip("route del 10.66.0.2/32", "addr del 10.66.0.9/32 dev lo");
      LAB.stranger.ip("route del 10.66.0.2/32");
    }
  }

  @Test
  void aPlainUsersPacketIsNoTunnelPacketButItsTrafficIsCarried() throws FirewallException {
    try (Seen seen = Seen.udp(LAB.b1)) {
      toB.send(LAB.a, "10.66.0.2", PLAIN_USER);
      assertThat(seen.arrive(1)).as("open").isTrue();
      LAB.guard();
      toB.send(LAB.a, "10.66.0.2", PLAIN_USER);
      toB.send(LAB.a, "10.66.0.2");
      assertThat(seen.count()).isZero();
      LAB.a.exec(
          "",
          "setpriv",
          "--reuid",
          "65534",
          "--clear-groups",
          "bash",
          "-c",
          "echo > /dev/udp/172.31.0.2/" + Forgery.PORT);
      assertThat(seen.arrive(1)).as("its own traffic").isTrue();
      LAB.a1.ok("bash", "-c", "echo > /dev/udp/172.31.0.2/" + Forgery.PORT);
      assertThat(seen.arrive(1)).as("a container's traffic").isTrue();
    }
  }

  @Test
  void othersMayUseThePort() throws FirewallException {
    try (Seen seen = Seen.of(LAB.b, "udp dport 4789 @th,96,24 77")) {
      LAB.guard();
      new Forgery(77, A, B, "172.30.0.77", "172.31.0.2").send(LAB.a, "10.66.0.2");
      assertThat(seen.arrive(1)).isTrue();
    }
  }

  /** Whoever forges the outer source as well, without seeing the wire, has 46 bits to guess. */
  @Test
  void aFrameOfAnUnknownMacIsDropped() throws FirewallException {
    LAB.stranger.ip(
        "addr add 10.66.0.2/32 dev lo", "route add 10.66.0.1/32 dev eth0 src 10.66.0.2");
    Forgery unknown = new Forgery(1000, "02:00:00:00:00:0d", A, "172.31.0.2", "172.30.0.2");
    Forgery known = new Forgery(1000, B, A, "172.31.0.2", "172.30.0.2");
    try (Seen seen = Seen.udp(LAB.a1)) {
      unknown.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.arrive(1)).as("open").isTrue();
      LAB.guard();
      unknown.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.count()).isZero();
      known.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.arrive(1)).as("the MAC alone made the difference").isTrue();
    } finally {
      LAB.stranger.ip("addr del 10.66.0.2/32 dev lo");
    }
  }

  @Test
  void aMemberUsesItsOwnAddressesOnly() throws FirewallException {
    Forgery own = new Forgery(1000, C, A, "172.25.0.2", "172.30.0.2");
    Forgery others = new Forgery(1000, C, A, "172.31.0.2", "172.30.0.2");
    Forgery overlay = new Forgery(1000, C, A, "10.1.1.2", "10.1.1.1");
    try (Seen seen = Seen.udp(LAB.a1);
        Seen host = Seen.udpOfInput(LAB.a)) {
      others.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.arrive(1)).as("open").isTrue();
      table.replace(withStranger());
      others.send(LAB.stranger, "10.66.0.1");
      overlay.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.count()).isZero();
      assertThat(host.count()).isZero();
      own.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.arrive(1)).as("its own").isTrue();
    }
  }

  @Test
  void aNetworkUsesItsOwnAddressesOnly() throws FirewallException {
    LAB.a4.ip("addr add 172.30.0.77/32 dev lo");
    String mine = "icmp type echo-request ip saddr 172.30.0.77";
    LAB.a.ok("sysctl", "-qw", "net.ipv4.conf.br-a4.rp_filter=0", "net.ipv4.conf.all.rp_filter=0");
    try (Seen far = Seen.of(LAB.b1, mine);
        Seen near = Seen.of(LAB.a2, mine)) {
      LAB.a4.pings("172.31.0.2", "-I", "172.30.0.77");
      LAB.a4.pings("172.29.0.2", "-I", "172.30.0.77");
      assertThat(far.arrive(1)).as("open").isTrue();
      assertThat(near.arrive(1)).as("open").isTrue();
      LAB.guard();
      LAB.a4.pings("172.31.0.2", "-I", "172.30.0.77");
      LAB.a4.pings("172.29.0.2", "-I", "172.30.0.77");
      assertThat(far.count()).isZero();
      assertThat(near.count()).isZero();
    } finally {
      LAB.a4.ip("addr del 172.30.0.77/32 dev lo");
    }
  }

  /** Such a container may have its default route by the other network. */
  @Test
  void aContainerOnTwoNetworksAnswersByEither() throws FirewallException {
    LAB.a4.ip("addr add 172.30.0.77/32 dev lo");
    LAB.a.ip("route add 172.30.0.77/32 via 172.28.0.2 dev br-a4");
    LAB.a.ok("sysctl", "-qw", "net.ipv4.conf.br-a4.rp_filter=0", "net.ipv4.conf.all.rp_filter=0");
    FirewallPolicy policy = MeshLab.policy();
    try {
      // The request comes by the mesh's network, as if the container were on its bridge.
      table.replace(policy);
      LAB.a.nft("add element inet vrouter held_1000_4 { 172.30.0.77 . \"br-a4\" }\n");
      LAB.a.nft("delete element inet vrouter held_1000_4 { 172.30.0.0/16 . \"br-a1\" }\n");
      assertThat(LAB.b1.pings("172.30.0.77")).isTrue();
    } finally {
      table.replace(policy);
      LAB.a.ip("route del 172.30.0.77/32");
      LAB.a4.ip("addr del 172.30.0.77/32 dev lo");
    }
  }

  /** Host a's policy with the stranger as a member that holds 172.25.0.0/16. */
  private static FirewallPolicy withStranger() {
    Zone zone = MeshLab.zone1000();
    Set<Remote> peers = new HashSet<>(zone.peers());
    peers.add(
        new Remote(
            MacAddress.parse(C),
            Addresses.parse("10.66.0.9"),
            MeshLab.addresses("10.1.1.9"),
            MeshLab.prefixes("172.25.0.0/16"),
            Set.of()));
    Zone more = new Zone(zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), peers);
    return new FirewallPolicy(4789, 7952, Set.of(more), Set.of());
  }
}
