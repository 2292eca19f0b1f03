package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All faults at once: what must hold at every step holds, and in the end all agree. */
class StormTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whenItEndsAllViewsAreRightAndEachClaimHasOneWinner(long seed) {
    Simulator sim = Scenario.mesh(seed, 24);
    SimStorm storm = new SimStorm(sim, seed);
    storm.rage(Duration.ofSeconds(40));
    Scenario.settled(sim);
    assertThat(storm.faults()).isGreaterThan(200);
    for (SimNode node : sim.running()) {
      assertThat(storm.wrong(node)).as("seed %d, host %d", seed, node.index()).isZero();
    }
  }
}
