package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.reconcile.PassSchedule.Outcome;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of {@link PassSchedule}, row by row. */
class PassScheduleTest {
  private static final long PASS = Duration.ofMillis(40).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private Optional<Long> timer = Optional.empty();
  private long now = Long.MAX_VALUE - SECOND;
  private final PassSchedule schedule = new PassSchedule(now, () -> List.of(timer));

  /** In milliseconds after a pass with news, 10 s after the audit of the start. */
  @ParameterizedTest
  @CsvSource({
    "NOTHING,     true,  10000",
    "INTERRUPTED, true,  10000",
    "WROTE,       true,  150",
    "REFUSED,     true,  100",
    "NOTHING,     false, 100",
    "WROTE,       false, 100",
    "REFUSED,     false, 100",
  })
  void theNextPassFollowsFromHowTheLastOneEnded(Outcome outcome, boolean settled, long millis) {
    assertThat(due()).as("at once at the start").isZero();
    run(Outcome.WROTE, true);
    news(Cause.MEMBERSHIP);
    run(outcome, settled);
    assertThat(due()).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void whatFailsIsTriedAgainAfterADelayThatDoubles() {
    run(Outcome.NOTHING, true);
    for (long millis : new long[] {100, 200, 400, 800, 1600, 3200}) {
      news(Cause.LOCAL);
      schedule.begin(now);
      schedule.end(Outcome.REFUSED, true, now);
      assertThat(due()).isEqualTo(Duration.ofMillis(millis));
      now += due().toNanos();
    }
    run(Outcome.WROTE, true);
    news(Cause.LOCAL);
    run(Outcome.REFUSED, true);
    assertThat(due()).as("after one that succeeded").isEqualTo(PassSchedule.RETRY_FIRST);
  }

  @Test
  void aTimerOfAnotherPartComesFirst() {
    run(Outcome.NOTHING, true);
    timer = Optional.of(now + SECOND);
    assertThat(due()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void newsIsTakenAtOnceUntilPassFollowsOnPass() {
    for (int i = 0; i < PassSchedule.ROW; i++) {
      news(Cause.MEMBERSHIP);
      assertThat(due()).as("before pass %s", i + 1).isZero();
      slowPass();
    }
    news(Cause.MEMBERSHIP);
    slowPass();
    news(Cause.MEMBERSHIP);
    assertThat(due()).as("as long again as it took").isEqualTo(Duration.ofNanos(PASS));

    now += SECOND + 1;
    slowPass();
    news(Cause.MEMBERSHIP);
    assertThat(due()).as("after a quiet second").isZero();
  }

  @Test
  void kernelEventsThatLeadToNoWriteAreTakenEverMoreRarely() {
    run(Outcome.NOTHING, true);
    for (long millis : new long[] {10, 20, 40, 80, 160, 320, 640, 1000, 1000}) {
      news(Cause.KERNEL);
      assertThat(due()).isEqualTo(Duration.ofMillis(millis));
      now += due().toNanos();
      assertThat(schedule.begin(now).kernelOnly()).isTrue();
      schedule.end(Outcome.NOTHING, true, now);
    }
    now += 2 * SECOND + 1;
    news(Cause.KERNEL);
    assertThat(due()).as("after a quiet second").isZero();
  }

  @Test
  void auditsThatFindNothingBecomeRarerUntilSomethingIsWritten() {
    for (long seconds : new long[] {10, 20, 40, 80, 160, 300, 300}) {
      audit(Outcome.NOTHING);
      assertThat(due()).isEqualTo(Duration.ofSeconds(seconds));
      now += due().toNanos();
    }
    audit(Outcome.NOTHING);
    now += SECOND;
    news(Cause.LOCAL);
    run(Outcome.WROTE, true);
    news(Cause.LOCAL);
    run(Outcome.NOTHING, true);
    assertThat(due()).isEqualTo(PassSchedule.AUDIT);
  }

  @Test
  void aDueAuditWaitsForNewsAndNotForLong() {
    audit(Outcome.NOTHING);
    schedule.add(EnumSet.of(Cause.RULES), () -> false, now);
    assertThat(due()).as("written by this loop").isEqualTo(PassSchedule.AUDIT);
    schedule.add(EnumSet.of(Cause.RULES), () -> true, now);
    assertThat(due()).isEqualTo(PassSchedule.FIREWALL);
    now += due().toNanos();
    news(Cause.MEMBERSHIP);
    assertThat(schedule.begin(now).audit()).isFalse();
    schedule.end(Outcome.NOTHING, true, now);
    now += PassSchedule.OVERDUE.toNanos();
    news(Cause.MEMBERSHIP);
    assertThat(schedule.begin(now).audit()).isTrue();
  }

  private Duration due() {
    long due = schedule.deadline() - now;
    return Duration.ofNanos(Math.max(due, 0));
  }

  private void news(Cause cause) {
    schedule.add(Set.of(cause), () -> true, now);
  }

  private void run(Outcome outcome, boolean settled) {
    schedule.begin(now);
    schedule.end(outcome, settled, now);
  }

  private void audit(Outcome outcome) {
    assertThat(schedule.begin(now).audit()).isTrue();
    schedule.end(outcome, true, now);
  }

  private void slowPass() {
    schedule.begin(now);
    now += PASS;
    schedule.end(Outcome.NOTHING, true, now);
  }
}
