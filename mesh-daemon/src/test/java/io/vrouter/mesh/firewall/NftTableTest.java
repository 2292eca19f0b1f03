package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.firewall.NftTable.State;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table's life in a real kernel. */
class NftTableTest {
  private final Space host = Space.create();
  private final NftTable table = table();
  private final FirewallPolicy policy = MeshLab.policy();

  @AfterEach
  void close() {
    host.close();
  }

  private NftTable table() {
    return new NftTable(new Nft(host.command("nft")));
  }

  @Test
  void isCurrentAfterItWasWritten() throws FirewallException {
    assertThat(table.compare(policy)).isEqualTo(State.ABSENT);
    table.apply(policy);
    assertThat(table.compare(policy)).isEqualTo(State.CURRENT);
    assertThat(table.compare(new FirewallPolicy(4789, 7952, Set.of(), Set.of())))
        .isEqualTo(State.STALE);
  }

  @Test
  void aRestartedDaemonAdoptsWhatIsUnaltered() throws FirewallException {
    table.apply(policy);
    assertThat(table().compare(policy)).isEqualTo(State.CURRENT);
    host.nft("flush chain inet vrouter admit");
    assertThat(table().compare(policy)).isEqualTo(State.STALE);
  }

  @Test
  void noticesEveryAlteration() throws FirewallException {
    for (String alteration :
        List.of(
            "delete table inet vrouter",
            "flush ruleset",
            "insert rule inet vrouter input accept",
            "flush chain inet vrouter inbound_1000",
            "add element inet vrouter tunnel_1000_4 { 10.66.0.9 }",
            "delete element inet vrouter known4 { 172.31.0.0/16 }",
            "add chain inet vrouter more",
            "chain inet vrouter forward { policy drop; }")) {
      table.apply(policy);
      host.nft(alteration);
      assertThat(table.compare(policy)).as(alteration).isNotEqualTo(State.CURRENT);
      table.apply(policy);
      assertThat(table.compare(policy)).as("after " + alteration).isEqualTo(State.CURRENT);
    }
  }

  @Test
  void aPeerThatComesOrGoesChangesElementsOnly() throws FirewallException {
    FirewallPolicy without = new FirewallPolicy(4789, 7952, Set.of(alone()), Set.of());
    FirewallPolicy with = new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of());
    table.apply(without);
    String handles = host.ok("nft", "-a", "list", "chain", "inet", "vrouter", "input_1000");
    table.apply(with);
    assertThat(table.compare(with)).isEqualTo(State.CURRENT);
    table.apply(without);
    assertThat(table.compare(without)).isEqualTo(State.CURRENT);
    assertThat(host.ok("nft", "-a", "list", "chain", "inet", "vrouter", "input_1000"))
        .as("the chains weren't rewritten")
        .isEqualTo(handles);
  }

  @Test
  void aDeltaThatNoLongerFitsBecomesAReplacement() throws FirewallException {
    FirewallPolicy with = new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of());
    table.apply(with);
    host.nft("flush set inet vrouter source_1000_4");
    FirewallPolicy without = new FirewallPolicy(4789, 7952, Set.of(alone()), Set.of());
    table.apply(without);
    assertThat(table.compare(without)).isEqualTo(State.CURRENT);
  }

  private static Zone alone() {
    Zone zone = MeshLab.zone1000();
    return new Zone(zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), Set.of());
  }

  @Test
  void leavesAForeignTableOfThatNameAlone() throws FirewallException {
    host.nft("table inet vrouter { chain theirs { counter; }; }");
    String before = host.ok("nft", "list", "ruleset");
    assertThat(table.compare(policy)).isEqualTo(State.FOREIGN);
    assertThatThrownBy(() -> table.apply(policy))
        .isInstanceOf(FirewallException.class)
        .hasMessageContaining("isn't ours");
    assertThatThrownBy(table::remove).isInstanceOf(FirewallException.class);
    assertThat(host.ok("nft", "list", "ruleset")).isEqualTo(before);
  }

  @Test
  void removesOnlyItsOwn() throws FirewallException {
    host.nft("table ip other { chain c { counter; }; }\ntable inet another { }");
    String before = host.ok("nft", "list", "ruleset");
    assertThat(table.remove()).isFalse();
    table.apply(policy);
    assertThat(table.remove()).isTrue();
    assertThat(host.ok("nft", "list", "ruleset")).isEqualTo(before);
  }

  @Test
  void saysWhatNftSaid() {
    NftTable unprivileged =
        new NftTable(
            new Nft(
                host.command(
                    "setpriv",
                    "--bounding-set",
                    "-net_admin",
                    "--reuid",
                    "65534",
                    "--clear-groups",
                    "nft")));
    assertThatThrownBy(() -> unprivileged.compare(policy))
        .isInstanceOf(FirewallException.class)
        .hasMessageContaining("Operation not permitted")
        .hasMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void saysThatNftIsMissing() {
    NftTable missing = new NftTable(new Nft(List.of("/nonexistent/nft")));
    assertThatThrownBy(() -> missing.compare(policy))
        .isInstanceOf(FirewallException.class)
        .hasMessageContaining("Install nftables");
  }
}
