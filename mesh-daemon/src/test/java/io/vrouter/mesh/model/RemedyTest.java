package io.vrouter.mesh.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemedyTest {
  @Test
  void quotesHoldAWordTogether() {
    Remedy remedy =
        new Remedy("nft insert rule inet wall fwd iifname \"vxlan*\" accept", "table inet wall");
    assertThat(remedy.words())
        .containsExactly(
            "nft", "insert", "rule", "inet", "wall", "fwd", "iifname", "vxlan*", "accept");
    assertThat(remedy.ours()).isFalse();
  }

  /** Root runs them: an answer of a daemon that was taken over must not name any other program. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "chmod go= /etc/passwd",
        "chmod go= /var/lib/vrouter/identity; reboot",
        "chmod go= /var/lib/vrouter/identity /etc/shadow",
        "chmod 4755 /var/lib/vrouter/identity",
        "sh -c reboot",
        "nft flush ruleset",
        "nft insert rule inet wall in udp dport 1 accept\nnft flush ruleset",
        "ip route del default",
        "meshctl leave",
        ""
      })
  void noOtherCommandIsOne(String command) {
    assertThatThrownBy(() -> new Remedy(command, "")).hasMessageContaining("not a command");
    assertThatThrownBy(() -> new Remedy(command, "it")).hasMessageContaining("not a command");
    assertThat(Remedy.all(List.of("ip rule del pref 7", command), "it")).isEmpty();
  }

  @Test
  void whatChangesAForeignObjectIsNotOurs() {
    assertThatThrownBy(() -> new Remedy("ip rule del pref 7", "")).hasMessageContaining("ip rule");
    assertThat(new Remedy("chmod go= /var/lib/vrouter/identity", "").ours()).isTrue();
  }
}
