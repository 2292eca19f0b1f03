package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the table does to connections: their source address, and changes under them. */
class FirewallFlowsTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();
  private final NftTable table = LAB.table();

  @Test
  void theFarSideSeesTheRealSource() throws FirewallException {
    String[] tools = {"iptables", "ip6tables"};
    String[] sources = {"172.30.0.0/16", "fd30:0:0:1::/64"};
    for (int i = 0; i < 2; i++) {
      LAB.a.ok(
          tools[i],
          "-t",
          "nat",
          "-A",
          "POSTROUTING",
          "-s",
          sources[i],
          "!",
          "-o",
          "br-a1",
          "-j",
          "MASQUERADE");
    }
    String onlyRealSources =
        """
        table inet check {
          chain c {
            type filter hook input priority 0;
            icmp type echo-request ip saddr != 172.30.0.2 drop
            icmpv6 type echo-request ip6 saddr != fd30:0:0:1::2 drop
          }
        }
        """;
    LAB.b1.nft(onlyRealSources);
    LAB.a2.nft(onlyRealSources);
    LAB.lan.nft(
        "table inet check { chain c { type filter hook input priority 0;"
            + " icmp type echo-request ip saddr 172.30.0.2 drop; }; }\n");
    try {
      assertThat(LAB.a1.pings("172.31.0.2")).as("masqueraded").isFalse();
      assertThat(LAB.a1.pings("fd31:0:0:1::2")).as("masqueraded IPv6").isFalse();
      assertThat(LAB.a1.pings("172.29.0.2")).as("masqueraded on one host").isFalse();
      LAB.guard();
      assertThat(LAB.a1.pings("172.31.0.2")).as("IPv4").isTrue();
      assertThat(LAB.a1.pings("fd31:0:0:1::2")).as("IPv6").isTrue();
      assertThat(LAB.a1.pings("172.29.0.2")).as("two networks of one host").isTrue();
      assertThat(LAB.a1.pings("10.66.0.254")).as("elsewhere it is masqueraded").isTrue();
    } finally {
      for (String tool : tools) {
        LAB.a.ok(tool, "-t", "nat", "-F", "POSTROUTING");
      }
      for (Space checked : new Space[] {LAB.b1, LAB.a2, LAB.lan}) {
        checked.nft("delete table inet check");
      }
    }
  }

  @Test
  void changesLoseNoPacket(@TempDir Path directory) throws FirewallException {
    LAB.guard();
    unharmed(
        directory,
        () -> {
          for (int i = 0; i < 10; i++) {
            table.apply(new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of()));
            table.apply(MeshLab.policy());
          }
        });
  }

  /** Each time somebody has left an element, so that the table isn't the one that was written. */
  @Test
  void restartsOverAnAlteredTableLoseNoPacket(@TempDir Path directory) throws FirewallException {
    LAB.guard();
    unharmed(
        directory,
        () -> {
          for (int i = 0; i < 50; i++) {
            LAB.a.nft("add element inet vrouter known4 { 203.0.%d.0/24 }\n".formatted(i));
            try (NftTable restarted = MeshLab.table(LAB.a)) {
              assertThat(restarted.compare(MeshLab.policy())).isEqualTo(NftTable.TableState.STALE);
              restarted.apply(MeshLab.policy());
              assertThat(restarted.compare(MeshLab.policy()))
                  .isEqualTo(NftTable.TableState.CURRENT);
            }
          }
        });
  }

  /** An upgrade's chains are others. */
  @Test
  void chainsWrittenAnewLoseNoPacket(@TempDir Path directory) throws FirewallException {
    LAB.guard();
    unharmed(
        directory,
        () -> {
          for (int i = 0; i < 50; i++) {
            LAB.a.nft("flush chain inet vrouter written\n");
            try (NftTable upgraded = MeshLab.table(LAB.a)) {
              assertThat(upgraded.compare(MeshLab.policy())).isEqualTo(NftTable.TableState.STALE);
              upgraded.apply(MeshLab.policy());
            }
          }
        });
  }

  private interface Changes {
    void run() throws FirewallException;
  }

  /** Pings at 500/s both ways of the tunnel meanwhile; none may be lost, and none refused. */
  private static void unharmed(Path directory, Changes changes) throws FirewallException {
    try (Ping flow = Ping.start(LAB.a1.netns(), "172.31.0.2", directory.resolve("ping"), "0.002")) {
      flow.awaitMore(1);
      changes.run();
      assertThat(flow.stop().lost()).isEmpty();
    }
  }
}
