package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class CausesTest {
  private final Problem path = new Problem("path-unreachable", "no answer of h2", "open it");
  private final Problem other = new Problem("pool-full", "full", "widen it");
  private final Problem link = new Problem("underlay-down", "eth0 has no carrier", "plug it in");

  @Test
  void aDeadLinkExplainsDeadPaths() {
    assertThat(Causes.of(List.of(path, other, link))).containsExactly(other, link);
    assertThat(Causes.of(List.of(path, other))).containsExactly(path, other);
  }

  @Test
  void whatCannotBeDoneWithoutTheFirewallIsItsEcho() {
    Problem firewall = new Problem("firewall", "nft failed", "see nft");
    Problem missing = new Problem("firewall-missing", "no route yet", "see the firewall");
    assertThat(Causes.of(List.of(missing, firewall))).containsExactly(firewall);
    assertThat(Causes.of(List.of(missing))).containsExactly(missing);
    assertThat(Causes.of(List.of(missing, path))).containsExactly(missing, path);
  }
}
