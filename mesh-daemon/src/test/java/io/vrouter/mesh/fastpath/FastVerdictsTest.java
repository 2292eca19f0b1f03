package io.vrouter.mesh.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A million frames take the bench (-Dvrouter.frames=1000000); these are the first of them. */
class FastVerdictsTest {
  private static final int FRAMES = Integer.getInteger("vrouter.frames", 20_000);

  @Test
  void programsTakeWhatTheTableLetsThroughAndNothingElse() {
    try (FastWorld world = new FastWorld()) {
      int fast = new FastVerdicts(world, 1).compare(FRAMES);
      assertThat(fast).as("frames that a program took").isBetween(FRAMES / 20, FRAMES / 2);
    }
  }
}
