package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Base chains that drop the mesh's packets are found, and the rule that is told opens them. */
class ForeignChainsTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();

  private final FirewallPolicy policy = MeshLab.policy();
  private final HostFirewall firewall = LAB.firewall();

  @AfterEach
  void reset() {
    LAB.a.exec("", "nft", "delete", "table", "inet", "theirs");
    firewall.close();
  }

  private List<Problem> problems() {
    assertThat(firewall.isOpen(policy, true)).isTrue();
    return firewall.problems();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type filter hook forward priority 0; policy drop; ct state established accept;",
        "type filter hook forward priority 10; ip saddr 10.9.9.9 accept; counter reject;",
        "type filter hook forward priority -150; policy drop;"
      })
  void aChainThatDropsIsToldWithTheRuleThatOpensIt(String chain) throws FirewallException {
    LAB.guard();
    assertThat(LAB.b1.pings("172.30.0.2")).isTrue();
    LAB.a.nft("table inet theirs { chain theirs { %s }; }".formatted(chain));
    assertThat(LAB.b1.pings("172.30.0.2")).isFalse();
    Problem problem = problems().get(0);
    assertThat(problem.code()).isEqualTo("foreign-chain-drops");
    assertThat(problem.message())
        .contains("chain theirs of table inet theirs (hook forward, priority ");
    for (String command : problem.fix().split(", and the same", -1)[0].split("; ", -1)) {
      LAB.a.nft(command.replaceFirst("^nft ", "") + "\n");
    }
    assertThat(LAB.b1.pings("172.30.0.2")).as(problem.fix()).isTrue();
    assertThat(LAB.a1.pings("172.31.0.2")).as(problem.fix()).isTrue();
    assertThat(problems()).isEmpty();
  }

  /** As firewalld 2 writes it, shortened: a device of no zone meets the last rule. */
  private static final String FIREWALLD =
      """
      table inet firewalld {
        chain filter_FORWARD {
          type filter hook forward priority filter + 10; policy accept;
          ct state { established, related } accept
          ct status dnat accept
          iifname "lo" accept
          ct state invalid drop
          jump filter_FORWARD_POLICIES
          reject with icmpx admin-prohibited
        }
        chain filter_FORWARD_POLICIES {
          iifname "docker0" accept
        }
      }
      """;

  @Test
  void firewalldsZonesAreToldByItsOwnCommandWhereItIsInstalled() throws FirewallException {
    LAB.guard();
    LAB.a.nft(FIREWALLD);
    try {
      assertThat(LAB.b1.pings("172.30.0.2")).isFalse();
      assertThat(firewalld(true))
          .isEqualTo(
              "firewall-cmd --permanent --zone=trusted --add-interface=vxlan1000; "
                  + "firewall-cmd --permanent --zone=trusted --add-interface=vxlan2000; "
                  + "firewall-cmd --reload");
      String fix = firewalld(false);
      assertThat(fix).startsWith("nft insert rule inet firewalld filter_FORWARD ");
      LAB.a.nft(fix.split(", and the same", -1)[0].replaceFirst("^nft ", "") + "\n");
      assertThat(LAB.b1.pings("172.30.0.2")).as(fix).isTrue();
    } finally {
      LAB.a.nft("delete table inet firewalld");
    }
  }

  private String firewalld(boolean installed) {
    ForeignChains chains = new ForeignChains(LAB::nftables, Runnable::run, () -> installed);
    chains.look(policy);
    return chains.problems().get(0).fix();
  }

  @Test
  void whatDropsAllBeforeRoutingIsToldToo() {
    LAB.a.nft(
        "table inet theirs { chain theirs { type filter hook prerouting priority 0; policy drop; };"
            + " }");
    assertThat(problems())
        .singleElement()
        .extracting(Problem::fix)
        .asString()
        .contains("0x76710000");
  }

  @Test
  void chainsThatDropNothingOfOursAreNoProblem() throws FirewallException {
    LAB.guard();
    LAB.a.nft(
        """
        table inet theirs {
          chain dropping { drop; }
          chain input { type filter hook input priority 0; policy drop; }
          chain forward {
            type filter hook forward priority 0;
            ip saddr 10.9.9.9 drop
            tcp dport 23 reject
          }
          chain nat { type nat hook prerouting priority -100; ip daddr 10.9.9.9 dnat ip to 10.9.9.8; }
        }
        """);
    assertThat(problems()).isEmpty();
  }

  @Test
  void iptablesForwardIsOpenedAndNotTold() {
    LAB.restore("nft", "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n");
    try {
      firewall.apply(List.of(new Step.SetFirewall(policy), new Step.OpenForwarding(policy)));
      assertThat(problems()).isEmpty();
    } finally {
      firewall.apply(List.of(new Step.CloseForwarding()));
      LAB.restore("nft", "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n");
    }
  }

  @Test
  void aHostWithoutATunnelHasNoProblem() {
    LAB.a.nft(
        "table inet theirs { chain theirs { type filter hook forward priority 0; policy drop; };"
            + " }");
    firewall.isOpen(new FirewallPolicy(4789, 7952, Set.of(), Set.of()), true);
    assertThat(firewall.problems()).isEmpty();
  }

  /** Reading takes long where rules are many: the caller goes on, and hears of the end. */
  @Test
  void aWorkerReads() {
    LAB.a.nft(
        "table inet theirs { chain theirs { type filter hook forward priority 0; policy drop; };"
            + " }");
    Deque<Runnable> worker = new ArrayDeque<>();
    ForeignChains chains = new ForeignChains(LAB::nftables, worker::add);
    chains.look(policy);
    chains.look(policy);
    assertThat(worker).hasSize(1);
    assertThat(chains.problems()).isEmpty();
    assertThat(chains.changed()).isFalse();
    worker.remove().run();
    assertThat(chains.changed()).isTrue();
    assertThat(chains.problems()).hasSize(1);
    assertThat(chains.changed()).isFalse();
  }
}
