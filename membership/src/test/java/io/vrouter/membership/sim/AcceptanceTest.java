package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.engine.SwimConfig;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** 200 nodes join, 10 crash and 10 leave while every fifth datagram gets lost. */
class AcceptanceTest {
  private static final int NODES = 200;

  @Test
  void allViewsEndEqualToTheTruthForAHundredSeeds() {
    LongStream.rangeClosed(1, 100).parallel().forEach(AcceptanceTest::live);
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    assertThat(live(7)).isEqualTo(live(7)).isNotEqualTo(live(8));
  }

  private static long live(long seed) {
    Simulator sim = new Simulator(seed, SwimConfig.defaults());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < NODES; i++) {
      SimNode node = sim.add(120);
      sim.after(Duration.ofMillis(random.nextInt(1000)), () -> sim.start(node));
    }
    sim.run(Duration.ofMillis(1500));
    sim.network().loss(0.2);
    for (int i = 0; i < 10; i++) {
      SimNode crashing = sim.nodes().get(20 * i + random.nextInt(10));
      SimNode leaving = sim.nodes().get(20 * i + 10 + random.nextInt(10));
      sim.after(Duration.ofMillis(random.nextInt(2000)), () -> sim.crash(crashing));
      sim.after(Duration.ofMillis(random.nextInt(2000)), () -> sim.leave(leaving));
    }
    sim.run(Duration.ofSeconds(4));
    sim.network().loss(0);
    sim.settle(Duration.ofSeconds(60));
    assertThat(sim.disagreements()).as("seed %d", seed).isEmpty();
    return sim.digest();
  }
}
