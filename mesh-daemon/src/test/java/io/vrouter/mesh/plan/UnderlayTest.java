package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnderlayTest {
  @Test
  void aTunnelHasWhatTheOuterHeadersLeave() {
    assertThat(new Underlay(Worlds.ip("192.0.2.1"), 1500, 2).tunnelMtu()).isEqualTo(1450);
    assertThat(new Underlay(Worlds.ip("2001:db8::1"), 1500, 2).tunnelMtu()).isEqualTo(1430);
  }

  @Test
  void theOperatorsChoiceGoesFirst() {
    Underlay underlay = new Underlay(Worlds.ip("192.0.2.1"), 1500, 2).withTunnelMtu(1350);

    assertThat(underlay.tunnelMtu()).isEqualTo(1350);
    assertThat(underlay.mtu()).isEqualTo(1500);
    assertThat(underlay)
        .as("a change of it is a change of the state")
        .isNotEqualTo(new Underlay(Worlds.ip("192.0.2.1"), 1500, 2));
  }
}
