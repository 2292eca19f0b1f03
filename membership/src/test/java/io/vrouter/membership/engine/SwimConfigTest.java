package io.vrouter.membership.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SwimConfigTest {
  @Test
  void defaults() {
    SwimConfig config = SwimConfig.defaults();
    assertThat(config.probing())
        .isEqualTo(new SwimConfig.Probing(Duration.ofMillis(180), Duration.ofMillis(80), 3, 8));
    assertThat(config.suspicion())
        .isEqualTo(new SwimConfig.Suspicion(Duration.ofMillis(500), Duration.ofMillis(1200), 3));
    assertThat(config.gossip())
        .isEqualTo(
            new SwimConfig.Dissemination(Duration.ofMillis(100), 3, 3, 8, Duration.ofSeconds(4)));
    assertThat(config.healing())
        .isEqualTo(
            new SwimConfig.Healing(
                Duration.ofMillis(250),
                Duration.ofSeconds(60),
                Duration.ofSeconds(2),
                Duration.ofMillis(400),
                Duration.ofMillis(300)));
    assertThat(config.bounds())
        .isEqualTo(
            new SwimConfig.Bounds(
                10_000,
                64,
                1024,
                Duration.ofHours(24),
                3,
                4,
                8,
                6L * 1024 * 1024,
                Duration.ofMinutes(10)));
  }

  @Test
  void timeoutsGrowWithTheLogarithmAboveThirtyTwoNodes() {
    assertThat(SwimConfig.scale(1)).isEqualTo(1);
    assertThat(SwimConfig.scale(32)).isEqualTo(1);
    assertThat(SwimConfig.scale(1024)).isCloseTo(2, Offset.offset(1e-9));
  }
}
