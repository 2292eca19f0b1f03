package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.firewall.NftTable.TableState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    return MeshLab.table(host);
  }

  @Test
  void isCurrentAfterItWasWritten() throws FirewallException {
    assertThat(table.compare(policy)).isEqualTo(TableState.ABSENT);
    table.apply(policy);
    assertThat(table.compare(policy)).isEqualTo(TableState.CURRENT);
    assertThat(table.compare(new FirewallPolicy(4789, 7952, Set.of(), Set.of())))
        .isEqualTo(TableState.STALE);
  }

  @Test
  void aRestartedDaemonAdoptsWhatIsUnaltered() throws FirewallException {
    table.apply(policy);
    assertThat(table().compare(policy)).isEqualTo(TableState.CURRENT);
    host.nft("flush chain inet vrouter admit");
    assertThat(table().compare(policy)).isEqualTo(TableState.STALE);
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
      assertThat(table.compare(policy)).as(alteration).isNotEqualTo(TableState.CURRENT);
      table.apply(policy);
      assertThat(table.compare(policy)).as("after " + alteration).isEqualTo(TableState.CURRENT);
    }
  }

  @Test
  void aPeerThatComesOrGoesChangesElementsOnly() throws FirewallException {
    FirewallPolicy without = new FirewallPolicy(4789, 7952, Set.of(alone()), Set.of());
    FirewallPolicy with = new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of());
    table.apply(without);
    String handles = host.ok("nft", "-a", "list", "chain", "inet", "vrouter", "input_1000");
    table.apply(with);
    assertThat(table.compare(with)).isEqualTo(TableState.CURRENT);
    table.apply(without);
    assertThat(table.compare(without)).isEqualTo(TableState.CURRENT);
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
    assertThat(table.compare(without)).isEqualTo(TableState.CURRENT);
  }

  private static Zone alone() {
    Zone zone = MeshLab.zone1000();
    return new Zone(zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), Set.of());
  }

  @Test
  void leavesAForeignTableOfThatNameAlone() throws FirewallException {
    host.nft("table inet vrouter { chain theirs { counter; }; }");
    String before = host.ok("nft", "list", "ruleset");
    assertThat(table.compare(policy)).isEqualTo(TableState.FOREIGN);
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
                    "nft")),
            () -> Nftables.open(host.netns()));
    assertThatThrownBy(() -> unprivileged.apply(policy))
        .isInstanceOf(FirewallException.class)
        .hasMessageContaining("Operation not permitted")
        .hasMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void saysWhatTheKernelSaid() {
    NftTable unprivileged =
        new NftTable(
            new Nft(host.command("nft")),
            () -> {
              throw new NetlinkException("list nftables' tables", Errno.EPERM, "", -1);
            });
    assertThatThrownBy(() -> unprivileged.compare(policy))
        .isInstanceOf(FirewallException.class)
        .hasMessageContaining("list nftables' tables")
        .hasMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void saysThatNftIsMissing() {
    NftTable missing =
        new NftTable(new Nft(List.of("/nonexistent/nft")), () -> Nftables.open(host.netns()));
    assertThatThrownBy(() -> missing.apply(policy))
        .isInstanceOf(FirewallException.class)
        .hasMessageContaining("Install nftables");
  }

  /** With another nft, or none: what an nft lists decides nothing. */
  @Test
  void peersComeAndGoWithoutAProcess() throws FirewallException {
    FirewallPolicy without = new FirewallPolicy(4789, 7952, Set.of(alone()), Set.of());
    FirewallPolicy with = new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of());
    table.apply(without);
    NftTable processless =
        new NftTable(new Nft(List.of("/nonexistent/nft")), () -> Nftables.open(host.netns()));
    for (FirewallPolicy one : List.of(with, without, with)) {
      assertThat(processless.compare(one)).isEqualTo(TableState.STALE);
      processless.apply(one);
      assertThat(processless.compare(one)).isEqualTo(TableState.CURRENT);
    }
  }

  @Test
  void straysInTheSetsAreTakenOutByTheirElementsAlone() throws FirewallException {
    table.apply(policy);
    String handles = host.ok("nft", "-a", "list", "chain", "inet", "vrouter", "inbound_1000");
    host.nft(
        """
        add element inet vrouter known4 { 203.0.113.0/24, 255.0.0.0/8 }
        add element inet vrouter tunnel_1000_4 { 10.66.0.9 }
        add element inet vrouter source_1000_4 { 02:00:00:00:00:0c . 10.9.0.0-10.9.3.4 }
        delete element inet vrouter held_1000_4 { 172.29.0.0/16 . "br-a2" }
        delete element inet vrouter local_1000_4 { 172.29.0.0/16 }
        """);
    NftTable restarted =
        new NftTable(new Nft(List.of("/nonexistent/nft")), () -> Nftables.open(host.netns()));
    restarted.apply(policy);
    assertThat(restarted.compare(policy)).isEqualTo(TableState.CURRENT);
    assertThat(host.ok("nft", "-a", "list", "chain", "inet", "vrouter", "inbound_1000"))
        .isEqualTo(handles);
    assertThat(host.ok("nft", "list", "set", "inet", "vrouter", "held_1000_4"))
        .contains("172.29.0.0/16 . \"br-a2\"")
        .contains("172.30.0.0/16 . \"br-a1\"");
  }

  @Test
  void aTableOfAnEarlierVersionIsChangedInPlace() throws FirewallException {
    host.nft(
        """
        table inet vrouter {
          comment "vrouter mesh"
          set remote_1000_4 { type ipv4_addr; flags interval; elements = { 172.31.0.0/16 }; }
          set known4 { type ipv4_addr; flags interval; elements = { 172.31.0.0/16 }; }
          chain inbound_1000 {
            ip saddr @remote_1000_4 accept
          }
          chain former { counter; }
          chain forward {
            type filter hook forward priority filter - 10; policy accept;
            iifname vmap { "vxlan1000" : goto inbound_1000 }
          }
        }
        """);
    String before = host.ok("nft", "-a", "list", "table", "inet", "vrouter");
    table.apply(policy);
    assertThat(table.compare(policy)).isEqualTo(TableState.CURRENT);
    assertThat(handle(host.ok("nft", "-a", "list", "table", "inet", "vrouter")))
        .isEqualTo(handle(before));
    assertThat(host.ok("nft", "list", "table", "inet", "vrouter"))
        .doesNotContain("remote_1000_4", "former");
  }

  private static String handle(String listing) {
    return listing.lines().findFirst().orElseThrow();
  }

  @Test
  void tenThousandPrefixesAreTaken() throws FirewallException {
    Set<Prefix> known = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      known.add(Prefix.parse("10.%d.%d.0/24".formatted(i / 250, i % 250)));
    }
    FirewallPolicy many = new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), known);
    table.apply(many);
    assertThat(table().compare(many)).isEqualTo(TableState.CURRENT);
    table.apply(policy);
    assertThat(table().compare(policy)).isEqualTo(TableState.CURRENT);
  }

  @Test
  void aPeersProbeIsNotedByTheKernel() throws Exception {
    table.apply(policy);
    try (ProbedSet probed = new ProbedSet(() -> Nftables.open(host.netns()))) {
      assertThat(probed.ages(Family.AF_INET)).contains(Map.of());
      // As the rule does it.
      host.nft("add element inet vrouter probed4 { 10.1.1.2 timeout 2m expires 90s }");
      assertThat(table.compare(policy)).isEqualTo(TableState.CURRENT);
      table.apply(new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of()));
      Map<InetAddress, Duration> ages = probed.ages(Family.AF_INET).orElseThrow();
      assertThat(ages).containsOnlyKeys(InetAddress.getByName("10.1.1.2"));
      assertThat(ages.values()).allMatch(age -> age.toSeconds() >= 30 && age.toSeconds() < 90);
      table.remove();
      assertThat(probed.ages(Family.AF_INET)).isEmpty();
    }
  }
}
