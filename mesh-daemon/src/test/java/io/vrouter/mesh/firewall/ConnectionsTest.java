package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.netfilter.ConntrackEntry;
import io.vrouter.netlink.wire.Family;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the mesh's connections beside Docker: their source, their segments' size. */
class ConnectionsTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();
  private static final String MASQUERADE =
      """
      *nat
      -A POSTROUTING -s 172.30.0.0/16 ! -o br-a1 -j MASQUERADE
      COMMIT
      """;
  private static final String DROP = "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n";

  private final FirewallPolicy policy = MeshLab.policy();
  private final HostFirewall firewall = LAB.firewall();

  @AfterEach
  void reset() {
    LAB.clear(firewall);
  }

  private void take(Step... steps) {
    MeshLab.take(firewall, steps);
    firewall.afterwards();
  }

  private static void restore(String rules) {
    LAB.restore("nft", rules);
  }

  private static void send() {
    LAB.a1.ok("bash", "-c", "echo x > /dev/udp/172.31.0.2/9");
  }

  @Test
  void whatWasMasqueradedEarlierIsForgottenAndOthersKept() {
    restore(MASQUERADE);
    LAB.a1.ok("bash", "-c", "echo x > /dev/udp/10.66.0.254/9");
    send();
    assertThat(sources())
        .contains("172.30.0.2 > 172.31.0.2 as 10.1.1.1", "172.30.0.2 > 10.66.0.254 as 10.66.0.1");
    take(new Step.SetFirewall(policy));
    assertThat(sources()).containsExactly("172.30.0.2 > 10.66.0.254 as 10.66.0.1");
    send();
    assertThat(sources()).as("from now on").contains("172.30.0.2 > 172.31.0.2 as 172.30.0.2");
    take(new Step.SetFirewall(new FirewallPolicy(4789, 7952, policy.zones(), Set.of())));
    assertThat(sources()).as("kept").contains("172.30.0.2 > 172.31.0.2 as 172.30.0.2");
  }

  /** Somebody flushed everything, ours too, and a packet went out before it was put back. */
  @Test
  void whatWasMasqueradedIsForgottenWhenForwardingIsOpenedAgain() {
    restore(MASQUERADE);
    send();
    restore(DROP);
    take(new Step.OpenForwarding(policy));
    assertThat(sources()).isEmpty();
  }

  /** What Docker's own port forwarding translates within this host needs its way back. */
  @Test
  void whatDockerForwardsToItselfIsLeftAlone() {
    restore(
        """
        *nat
        -A PREROUTING -d 172.29.0.1/32 -p udp --dport 99 -j DNAT --to-destination 172.29.0.2:9
        -A POSTROUTING -s 172.30.0.0/16 ! -o br-a1 -j MASQUERADE
        COMMIT
        """);
    LAB.a1.ok("bash", "-c", "echo x > /dev/udp/172.29.0.1/99");
    assertThat(sources()).containsExactly("172.30.0.2 > 172.29.0.1 as 172.29.0.1");
    take(new Step.SetFirewall(policy));
    assertThat(sources()).containsExactly("172.30.0.2 > 172.29.0.1 as 172.29.0.1");
  }

  @Test
  void connectionsOfNetworksThatAreNotTheMeshsAreLeftAlone() {
    restore(
        """
        *nat
        -A POSTROUTING -s 172.28.0.0/16 ! -o br-a4 -j MASQUERADE
        COMMIT
        """);
    LAB.a4.ok("bash", "-c", "echo x > /dev/udp/172.31.0.2/9");
    assertThat(sources("172.28.0.2")).containsExactly("172.28.0.2 > 172.31.0.2 as 10.1.1.1");
    take(new Step.SetFirewall(policy));
    assertThat(sources("172.28.0.2")).hasSize(1);
  }

  private List<String> sources() {
    return sources("172.30.0.2");
  }

  private List<String> sources(String source) {
    try (Conntrack conntrack = Conntrack.open(LAB.netns())) {
      return conntrack
          .list(Family.AF_INET, 0, entry -> entry.source().getHostAddress().equals(source))
          .entries()
          .stream()
          .map(ConnectionsTest::text)
          .sorted()
          .toList();
    }
  }

  private static String text(ConntrackEntry entry) {
    return "%s > %s as %s"
        .formatted(
            entry.source().getHostAddress(),
            entry.destination().getHostAddress(),
            entry.replyDestination().getHostAddress());
  }

  @Test
  void segmentsAreMadeToFitTheTunnelBothWays() {
    assertClamped(LAB.a1, LAB.b1, "172.31.0.2");
    assertClamped(LAB.b1, LAB.a1, "172.30.0.2");
  }

  /** Our table is on the one host alone, which is the near or the far one. */
  private void assertClamped(Space from, Space to, String address) {
    to.nft(
        """
        table ip seen {
          counter c1460 { }
          counter c1410 { }
          chain in {
            type filter hook prerouting priority 0;
            tcp flags syn tcp option maxseg size 1460 counter name c1460
            tcp flags syn tcp option maxseg size 1410 counter name c1410
          }
        }
        """);
    try {
      // Refused: only the first packet counts.
      String connect = "echo > /dev/tcp/" + address + "/9";
      from.run("bash", "-c", connect);
      assertThat(seen(to, "c1460")).as("without the table").contains("packets 1 ");
      take(new Step.SetFirewall(policy));
      from.run("bash", "-c", connect);
      assertThat(seen(to, "c1410")).contains("packets 1 ");
    } finally {
      to.ok("nft", "delete", "table", "ip", "seen");
      take(new Step.RemoveFirewall());
    }
  }

  private static String seen(Space host, String counter) {
    return host.ok("nft", "list", "counter", "ip", "seen", counter);
  }
}
