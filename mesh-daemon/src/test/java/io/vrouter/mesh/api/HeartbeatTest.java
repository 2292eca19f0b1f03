package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  @Test
  void aThreadThatHangsIsStuckWithinThirtySeconds() {
    Map<String, Heartbeat> threads =
        Map.of(
            "reconcile", () -> Duration.ofSeconds(26),
            "gossip", () -> Duration.ofSeconds(25),
            "host", () -> Duration.ZERO);

    assertThat(LiveApi.stuck(threads)).containsExactly("reconcile");
  }
}
