package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table beside what a host has of its own: firewalls, published ports, chatty programs. */
class FirewallHostTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();

  private final NftTable table = LAB.table();

  @AfterEach
  void reset() {
    LAB.restore(
        "nft", "*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n*nat\nCOMMIT\n");
  }

  /** As ufw and many a hand-made firewall have it. */
  @Test
  void theProbePortIsAnsweredBehindAHostsOwnDefaultDeny() throws FirewallException {
    LAB.restore(
        "nft",
        """
        *filter
        :INPUT DROP [0:0]
        -A INPUT -m conntrack --ctstate INVALID -j DROP
        -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A INPUT -p udp --dport 4789 -j ACCEPT
        COMMIT
        """);
    assertThat(LAB.refused("10.1.1.1", 7952)).as("without the table").isFalse();
    LAB.guard();
    assertThat(LAB.refused("10.1.1.1", 7952)).isTrue();
    assertThat(LAB.refused("10.1.1.1", 7953)).as("another port").isFalse();
  }

  /** A program that listens there would hide that the kernel lives, and be open to the mesh. */
  @Test
  void theProbePortIsAnsweredWhoeverListensThere() throws Exception {
    LAB.guard();
    Process listener =
        new ProcessBuilder(LAB.a.command("socat", "UDP-RECVFROM:7952,fork", "/dev/null")).start();
    try {
      while (!LAB.a.ok("ss", "-Hlun", "sport", "=", "7952").contains(":7952")) {
        Thread.onSpinWait();
      }
      assertThat(LAB.refused("10.1.1.1", 7952)).isTrue();
    } finally {
      listener.destroyForcibly().onExit().join();
    }
  }

  /** The client's network was the mesh's once; now it is somewhere beyond the default gateway. */
  @Test
  void answersOfConnectionsFromOutsideReachAWithdrawnPrefix() throws FirewallException {
    LAB.restore(
        "nft",
        """
        *nat
        -A PREROUTING -d 10.66.0.1/32 -p icmp -m icmp --icmp-type 8 -j DNAT --to-destination 172.30.0.2
        COMMIT
        """);
    LAB.a.ip("route del 172.31.0.0/16");
    try {
      table.replace(withdrawn());
      assertThat(LAB.a1.pings("172.31.0.2")).as("its own connections").isFalse();
      assertThat(LAB.lan.pings("10.66.0.1", "-I", "172.31.0.2")).as("a published port").isTrue();
      assertThat(LAB.lan.pings("172.30.0.2", "-I", "172.31.0.2")).as("routed").isTrue();
      assertThat(LAB.lan.pings("172.30.0.1", "-I", "172.31.0.2")).as("the host").isTrue();
    } finally {
      MeshLab.route(LAB.a, 1000, "172.31.0.0/16", "10.1.1.2");
    }
  }

  @Test
  void answersOfConnectionsFromATunnelDoNotLeak() throws FirewallException {
    LAB.a.ip("route del 172.31.0.0/16");
    try (Seen leaked =
        Seen.of(LAB.lan, "ip saddr { 172.30.0.2, 172.30.0.1 } icmp type echo-reply")) {
      LAB.b1.pings("172.30.0.2");
      assertThat(leaked.arrive(1)).as("without the table").isTrue();
      LAB.guard();
      LAB.b1.pings("172.30.0.2");
      LAB.b1.pings("172.30.0.1");
      assertThat(leaked.count()).isZero();
    } finally {
      MeshLab.route(LAB.a, 1000, "172.31.0.0/16", "10.1.1.2");
    }
  }

  @Test
  void tunnelPacketsAreNotTracked() throws FirewallException {
    LAB.guard();
    LAB.a.ok("conntrack", "-F");
    assertThat(LAB.a1.pings("172.31.0.2")).isTrue();
    assertThat(LAB.b1.pings("172.30.0.2")).isTrue();
    assertThat(LAB.a.ok("conntrack", "-L")).contains("172.31.0.2").doesNotContain("dport=4789");
  }

  /** A copy for each peer, of every word that avahi and the like say on all devices. */
  @Test
  void groupsAreNotFlooded() throws FirewallException {
    String flood = "00:00:00:00:00:00";
    LAB.a.ok("bridge", "fdb", "append", flood, "dev", "vxlan1000", "dst", "10.66.0.2");
    String[] groups = {"224.0.0.251", "255.255.255.255", "10.1.1.255", "ff02::fb"};
    try (Seen seen =
        Seen.of(
            LAB.b,
            "iifname \"vxlan1000\" meta l4proto { icmp, icmpv6 } fib daddr type { multicast, broadcast }")) {
      for (String group : groups) {
        table.remove();
        say(group);
        assertThat(seen.count()).as(group + ", open").isPositive();
        LAB.guard();
        say(group);
        assertThat(seen.count()).as(group).isZero();
      }
    } finally {
      LAB.a.ok("bridge", "fdb", "del", flood, "dev", "vxlan1000", "dst", "10.66.0.2");
    }
  }

  private static void say(String group) {
    LAB.a.exec("", "ping", "-n", "-b", "-c", "1", "-W", "0.1", "-I", "vxlan1000", group);
  }

  private static FirewallPolicy withdrawn() {
    Zone zone = MeshLab.zone1000();
    Zone alone =
        new Zone(zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), Set.of());
    return new FirewallPolicy(4789, 7952, Set.of(alone), MeshLab.prefixes("172.31.0.0/16"));
  }
}
