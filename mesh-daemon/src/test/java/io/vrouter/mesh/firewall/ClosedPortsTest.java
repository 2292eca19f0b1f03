package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the kernel's own rules, written by nft and by iptables. */
@Tag("lab")
class ClosedPortsTest {
  private static Space space;

  @BeforeAll
  static void create() {
    space = Space.create();
  }

  @AfterAll
  static void close() {
    space.close();
  }

  @AfterEach
  void flush() {
    space.nft("flush ruleset\n");
  }

  private static List<Problem> closed() {
    try (Nftables kernel = Nftables.open(space.netns())) {
      return ClosedPorts.find(
          kernel, Map.of(4789, ClosedPorts.PortUse.VXLAN, 7950, ClosedPorts.PortUse.GOSSIP));
    }
  }

  private static void input(String rules) {
    space.nft(
        "table inet wall { chain in { type filter hook input priority 0; %s; }; }\n"
            .formatted(rules));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy drop; iifname \"lo\" accept; ct state established,related accept; udp dport 7950"
            + " accept",
        "policy drop; iif lo accept; udp dport 7950 accept; tcp dport 22 accept; meta l4proto icmp"
            + " accept",
        "udp dport 4789 drop",
        "udp dport 4789 counter log reject",
        "udp dport 7950 accept; ct state { established } accept; tcp dport 4789 accept; udp dport"
            + " 4789 drop",
      })
  void aClosedPortIsFoundAndItsCommandOpensIt(String rules) {
    input(rules.replace("ct state { established } accept;", ""));
    List<Problem> found = closed();
    assertThat(found).as(rules).hasSize(1);
    Problem problem = found.get(0);
    assertThat(problem.message()).contains("chain in of table inet wall", "4789 (VXLAN)");
    assertThat(problem.unhealthy()).isTrue();
    for (Remedy remedy : problem.remedies()) {
      assertThat(problem.fix()).contains(remedy.command());
      assertThat(remedy.foreign()).contains("table inet wall, chain in");
      space.ok("sh", "-c", remedy.command());
    }
    assertThat(closed()).as(problem.fix()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy drop; udp dport { 4789, 7950 } accept",
        "policy drop; udp dport 4700-8000 accept",
        "policy drop; ip saddr 192.168.200.0/24 accept",
        "policy drop; iifname \"eth0\" accept",
        "tcp dport 4789 drop; udp dport 53 drop",
        "ct state invalid drop",
        "policy drop; accept",
      })
  void whatMayAcceptIsNotCalledClosed(String rules) {
    input(rules);
    assertThat(closed()).isEmpty();
  }

  @Test
  void aJumpIsFollowed() {
    space.nft(
        """
        table inet wall {
          chain open { udp dport 4789 accept; udp dport 7950 accept; }
          chain in { type filter hook input priority 0; policy drop; jump open; }
        }
        """);
    assertThat(closed()).isEmpty();
    space.nft("flush chain inet wall open\n");
    assertThat(closed()).extracting(Problem::message).hasSize(2);
  }

  @Test
  void theRulesOfIptablesAreReadAndOpened() {
    for (String rule :
        List.of(
            "-P INPUT DROP",
            "-A INPUT -i lo -j ACCEPT",
            "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
            "-A INPUT -p tcp --dport 22 -j ACCEPT",
            "-A INPUT -p udp -m comment --comment gossip --dport 7950 -j ACCEPT")) {
      space.does("iptables-nft " + rule);
    }
    List<Problem> found = closed();
    assertThat(found).singleElement().extracting(Problem::message).asString().contains("4789");
    Remedy remedy = found.get(0).remedies().get(0);
    assertThat(remedy.command()).startsWith("iptables -I INPUT");
    space.does(remedy.command().replaceFirst("^iptables", "iptables-nft"));
    assertThat(closed()).isEmpty();
  }

  @Test
  void ufwIsNamedByItsOwnCommand() {
    space.does("iptables-nft -P INPUT DROP");
    space.does("iptables-nft -N ufw-before-input");
    space.does("iptables-nft -A ufw-before-input -p tcp -j ACCEPT");
    space.does("iptables-nft -A INPUT -j ufw-before-input");
    assertThat(closed())
        .flatExtracting(Problem::remedies)
        .extracting("command")
        .containsExactly("ufw allow 4789/udp", "ufw allow 7950/udp");
  }
}
