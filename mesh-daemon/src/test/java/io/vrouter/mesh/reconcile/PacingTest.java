package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacingTest {
  private static final long PASS = Duration.ofMillis(40).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Pacing pacing = new Pacing(0);
  private long now;

  @Test
  void newsIsTakenAtOnceUntilPassFollowsOnPass() {
    for (int i = 0; i < Pacing.ROW; i++) {
      pass();
      assertThat(pacing.toldNotBefore()).as("after pass %s", i + 1).isEqualTo(now);
    }
    pass();
    assertThat(pacing.toldNotBefore()).as("as long again as it took").isEqualTo(now + PASS);

    now += SECOND + 1;
    pass();
    assertThat(pacing.toldNotBefore()).as("after a quiet second").isEqualTo(now);
  }

  @Test
  void looksThatFindNothingBecomeRarerUntilSomethingIsDone() {
    for (Duration next : new Duration[] {Duration.ofSeconds(20), Duration.ofSeconds(40)}) {
      fullLook();
      assertThat(pacing.deadline(false)).isLessThanOrEqualTo(now + next.toNanos());
      now = pacing.deadline(false);
    }
    for (int i = 0; i < 3; i++) {
      fullLook();
      now = pacing.deadline(false);
    }
    fullLook();
    assertThat(pacing.deadline(false)).isEqualTo(now + Pacing.QUIET.toNanos());

    now += SECOND;
    pacing.wrote(true, false, now);
    assertThat(pacing.deadline(false)).isEqualTo(now + Pacing.FULL.toNanos());
  }

  private void fullLook() {
    pacing.idle(false, true, now);
  }

  private void pass() {
    long begin = now;
    now += PASS;
    pacing.rest(begin, now);
  }
}
