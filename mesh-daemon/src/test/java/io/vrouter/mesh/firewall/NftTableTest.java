package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.firewall.NftTable.State;
import io.vrouter.mesh.plan.FirewallPolicy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table's life in a real kernel. */
class NftTableTest {
  private final Namespace host = new Namespace();
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
  void isCurrentAfterItWasWritten() throws NftException {
    assertThat(table.compare(policy)).isEqualTo(State.ABSENT);
    table.replace(policy);
    assertThat(table.compare(policy)).isEqualTo(State.CURRENT);
    assertThat(table.compare(new FirewallPolicy(4789, 7952, Set.of(), Set.of())))
        .isEqualTo(State.STALE);
  }

  @Test
  void aRestartedDaemonAdoptsWhatIsUnaltered() throws NftException {
    table.replace(policy);
    assertThat(table().compare(policy)).isEqualTo(State.CURRENT);
    host.nft("flush chain inet vrouter admit");
    assertThat(table().compare(policy)).isEqualTo(State.STALE);
  }

  @Test
  void noticesEveryAlteration() throws NftException {
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
      table.replace(policy);
      host.nft(alteration);
      assertThat(table.compare(policy)).as(alteration).isNotEqualTo(State.CURRENT);
      table.replace(policy);
      assertThat(table.compare(policy)).as("after " + alteration).isEqualTo(State.CURRENT);
    }
  }

  @Test
  void leavesAForeignTableOfThatNameAlone() throws NftException {
    host.nft("table inet vrouter { chain theirs { counter; }; }");
    String before = host.run("nft", "list", "ruleset");
    assertThat(table.compare(policy)).isEqualTo(State.FOREIGN);
    assertThatThrownBy(() -> table.replace(policy))
        .isInstanceOf(NftException.class)
        .hasMessageContaining("isn't ours");
    assertThatThrownBy(table::remove).isInstanceOf(NftException.class);
    assertThat(host.run("nft", "list", "ruleset")).isEqualTo(before);
  }

  @Test
  void removesOnlyItsOwn() throws NftException {
    host.nft("table ip other { chain c { counter; }; }\ntable inet another { }");
    String before = host.run("nft", "list", "ruleset");
    assertThat(table.remove()).isFalse();
    table.replace(policy);
    assertThat(table.remove()).isTrue();
    assertThat(host.run("nft", "list", "ruleset")).isEqualTo(before);
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
        .isInstanceOf(NftException.class)
        .hasMessageContaining("Operation not permitted")
        .hasMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void saysThatNftIsMissing() {
    NftTable missing = new NftTable(new Nft(List.of("/nonexistent/nft")));
    assertThatThrownBy(() -> missing.compare(policy))
        .isInstanceOf(NftException.class)
        .hasMessageContaining("Install nftables");
  }
}
