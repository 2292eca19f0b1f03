package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.route.MacAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer with two valid ends, of which the forwarding entry has the one that it doesn't use. */
class FirewallEndsTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();

  private static final String A = "02:00:00:00:00:0a";
  private static final String B = "02:00:00:00:00:0b";
  private static final String USED = "10.66.0.2";
  private static final String CHOSEN = "10.66.0.22";

  private final NftTable table = LAB.table();

  @BeforeEach
  void choose() {
    MeshLab.peer(LAB.a, 1000, CHOSEN, "10.1.1.2", B);
  }

  @AfterEach
  void restore() {
    MeshLab.peer(LAB.a, 1000, USED, "10.1.1.2", B);
  }

  @Test
  void itsPacketsFromTheOtherEndArriveAndNobodyElsesDo() throws FirewallException {
    Forgery packet = new Forgery(1000, B, A, "172.31.0.2", "172.30.0.2");
    try (Seen seen = Seen.udp(LAB.a1)) {
      table.replace(ends(USED, CHOSEN));
      packet.send(LAB.b, "10.66.0.1");
      assertThat(seen.count()).as("the permanent entry drops it").isZero();

      table.replace(ends(CHOSEN, CHOSEN));
      packet.send(LAB.b, "10.66.0.1");
      assertThat(seen.arrive(1)).isTrue();
      packet.send(LAB.stranger, "10.66.0.1");
      assertThat(seen.count()).as("of another member, with its MAC").isZero();
      assertThat(LAB.a.ok("bridge", "fdb", "show", "dev", "vxlan1000"))
          .as("the entry follows no packet")
          .contains(B + " dst " + CHOSEN + " self permanent");
    }
  }

  @Test
  void anotherEndIsOnlyAnElement() throws FirewallException {
    table.apply(ends(USED, CHOSEN));
    String chain = LAB.a.ok("nft", "-a", "list", "chain", "inet", "vrouter", "tunnel_1000");
    FirewallPolicy changed = ends(CHOSEN, CHOSEN);
    assertThat(table.compare(changed)).isEqualTo(NftTable.TableState.STALE);
    table.apply(changed);
    assertThat(table.compare(changed)).isEqualTo(NftTable.TableState.CURRENT);
    assertThat(LAB.a.ok("nft", "list", "map", "inet", "vrouter", "ends_1000_4"))
        .contains(USED + " : " + CHOSEN);
    assertThat(LAB.a.ok("nft", "-a", "list", "chain", "inet", "vrouter", "tunnel_1000"))
        .isEqualTo(chain);
    // Back in plain, in place: the map goes with its rule.
    table.apply(MeshLab.policy());
    assertThat(LAB.a.ok("nft", "list", "ruleset")).doesNotContain("ends_1000");
  }

  /** Host b with both ends, and the stranger as another member. */
  private static FirewallPolicy ends(String first, String second) {
    Zone zone = MeshLab.zone1000();
    Set<Remote> peers = new HashSet<>();
    peers.add(remote(B, USED, first, "10.1.1.2", "172.31.0.0/16"));
    peers.add(remote(B, CHOSEN, second, "10.1.1.2", "172.31.0.0/16"));
    peers.add(remote(C, "10.66.0.9", "10.66.0.9", "10.1.1.9", "172.25.0.0/16"));
    Zone more = new Zone(zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), peers);
    return new FirewallPolicy(
        4789,
        7952,
        Set.of(more),
        Set.of(),
        new FirewallPolicy.Outer(Set.of("vrwg0"), Set.of(), Set.of()));
  }

  private static final String C = "02:00:00:00:00:0c";

  private static Remote remote(
      String mac, String source, String end, String overlay, String prefix) {
    return new Remote(
        MacAddress.parse(mac),
        Addresses.parse(source),
        MeshLab.addresses(overlay),
        MeshLab.prefixes(prefix),
        Set.of(),
        Addresses.parse(source),
        Addresses.parse(end));
  }
}
