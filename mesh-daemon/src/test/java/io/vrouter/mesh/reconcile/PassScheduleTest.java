package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.reconcile.PassSchedule.PassResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of {@link PassSchedule}, row by row. */
class PassScheduleTest {
  private static final long PASS = Duration.ofMillis(400).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private Optional<Long> timer = Optional.empty();
  private boolean written = true;
  private long now = Long.MAX_VALUE - SECOND;
  private final PassSchedule schedule = new PassSchedule(now, () -> written, () -> List.of(timer));

  /** In milliseconds after a pass with news, just after the audit of the start. */
  @ParameterizedTest
  @CsvSource({
    "NOTHING,     true,  30000",
    "INTERRUPTED, true,  10",
    "WROTE,       true,  50",
    "REFUSED,     true,  100",
    "NOTHING,     false, 100",
    "WROTE,       false, 100",
    "REFUSED,     false, 100",
  })
  void theNextPassFollowsFromHowTheLastOneEnded(PassResult outcome, boolean settled, long millis) {
    assertThat(due()).as("at once at the start").isZero();
    run(PassResult.WROTE, true);
    news(Cause.MEMBERSHIP);
    run(outcome, settled);
    assertThat(due()).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void whatFailsIsTriedAgainAfterADelayThatDoubles() {
    run(PassResult.NOTHING, true);
    for (long millis : new long[] {100, 200, 400, 800, 1600, 3200}) {
      news(Cause.LOCAL);
      schedule.begin(now);
      schedule.end(PassResult.REFUSED, true, now);
      assertThat(due()).isEqualTo(Duration.ofMillis(millis));
      now += due().toNanos();
    }
    run(PassResult.WROTE, true);
    news(Cause.LOCAL);
    run(PassResult.REFUSED, true);
    assertThat(due()).as("after one that succeeded").isEqualTo(PassSchedule.RETRY_FIRST);
  }

  @Test
  void aTimerOfAnotherPartComesFirst() {
    run(PassResult.NOTHING, true);
    timer = Optional.of(now + SECOND);
    assertThat(due()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void newsIsTakenAtOnceUntilTheBurstIsUsedUp() {
    for (int i = 0; i < PassSchedule.BURST; i++) {
      news(Cause.MEMBERSHIP);
      assertThat(due()).as("before pass %s", i + 1).isZero();
      run(PassResult.NOTHING, true);
    }
    for (int i = 0; i < 5; i++) {
      news(Cause.MEMBERSHIP);
      assertThat(due()).isEqualTo(PassSchedule.DISTANCE);
      now += due().toNanos();
      run(PassResult.NOTHING, true);
    }
    now += 10 * SECOND;
    for (int i = 0; i < PassSchedule.BURST; i++) {
      news(Cause.OURS);
      assertThat(due()).as("after quiet seconds").isZero();
      run(PassResult.NOTHING, true);
    }
  }

  @Test
  void slowPassesTakeHalfOfTheTimeAtMost() {
    for (int i = 0; i < 20; i++) {
      news(Cause.LOCAL);
      now += due().toNanos();
      slowPass();
    }
    news(Cause.LOCAL);
    assertThat(due()).isEqualTo(Duration.ofNanos(PASS));
  }

  /** A change of our own object is repaired at once, however much else happens. */
  @Test
  void anEventOfOursDoesNotWaitForForeignOnes() {
    run(PassResult.NOTHING, true);
    for (int i = 0; i < 100; i++) {
      news(Cause.KERNEL);
      now += due().toNanos();
      run(PassResult.NOTHING, true);
    }
    news(Cause.KERNEL);
    assertThat(due()).isEqualTo(PassSchedule.IDLE_LAST);
    news(Cause.OURS);
    assertThat(due()).isZero();
    run(PassResult.WROTE, true);
    news(Cause.OURS);
    assertThat(due()).as("the echo of the write").isEqualTo(PassSchedule.VERIFY);
  }

  /** Nothing that happens, in whatever order, makes the loop spin. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void passesAreBoundedUnderAnyChurn(long seed) {
    Random random = new Random(seed);
    Cause[] causes = Cause.values();
    double rate = Math.pow(10, random.nextInt(4)); // events a second
    double news = random.nextDouble();
    double bad = random.nextDouble();
    long start = now;
    long event = now;
    List<Long> begins = new ArrayList<>();
    while (now - start < 60 * SECOND) {
      long due = schedule.deadline();
      if (event - due <= 0) {
        now = event - now > 0 ? event : now;
        event += (long) (SECOND / rate * 2 * random.nextDouble());
        boolean foreign = random.nextDouble() > news;
        schedule.add(Set.of(foreign ? Cause.KERNEL : causes[random.nextInt(causes.length)]), now);
        timer = random.nextInt(10) == 0 ? Optional.of(now - SECOND) : Optional.empty();
        continue;
      }
      now = due - now > 0 ? due : now;
      schedule.begin(now);
      begins.add(now);
      now += random.nextLong(SECOND / 10);
      if (random.nextDouble() < bad) {
        schedule.threw(now);
      } else {
        PassResult[] outcomes = PassResult.values();
        schedule.end(outcomes[random.nextInt(outcomes.length)], random.nextBoolean(), now);
      }
    }
    for (int i = 0; i < begins.size(); i++) {
      int last = i;
      while (last + 1 < begins.size() && begins.get(last + 1) - begins.get(i) <= 10 * SECOND) {
        last++;
      }
      assertThat(last - i + 1).as("in 10 s from pass %s", i).isLessThanOrEqualTo(51);
    }
  }

  @Test
  void whileFailingOnlyACommandComesBeforeTheRetry() {
    run(PassResult.NOTHING, true);
    timer = Optional.of(now - SECOND);
    for (long millis : new long[] {100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000}) {
      schedule.begin(now);
      schedule.threw(now);
      EnumSet.complementOf(EnumSet.of(Cause.OPERATOR)).forEach(this::news);
      assertThat(due()).isEqualTo(Duration.ofMillis(millis));
      now += due().toNanos();
    }
    schedule.begin(now);
    schedule.threw(now);
    news(Cause.OPERATOR);
    assertThat(due()).isZero();
  }

  @Test
  void kernelEventsThatLeadToNoWriteAreTakenEverMoreRarely() {
    run(PassResult.NOTHING, true);
    for (long millis : new long[] {10, 20, 40, 80, 160, 320, 640, 1000, 1000}) {
      news(Cause.KERNEL);
      assertThat(due()).isEqualTo(Duration.ofMillis(millis));
      now += due().toNanos();
      assertThat(schedule.begin(now).foreignOnly()).isTrue();
      schedule.end(PassResult.NOTHING, true, now);
    }
    now += 2 * SECOND + 1;
    news(Cause.KERNEL);
    assertThat(due()).as("after a quiet second").isZero();
  }

  @Test
  void anAuditComesEvery30SecondsAndStartsNoProcess() {
    assertThat(schedule.begin(now).firewall()).as("at the start").isTrue();
    schedule.end(PassResult.NOTHING, true, now);
    written = false;
    for (int i = 0; i < 3; i++) {
      assertThat(due()).isEqualTo(PassSchedule.AUDIT);
      now += due().toNanos();
      assertThat(schedule.begin(now)).isEqualTo(new PassSchedule.Pass(now, true, false, false));
      schedule.end(i == 1 ? PassResult.WROTE : PassResult.NOTHING, true, now);
      now += PassSchedule.VERIFY.toNanos();
      schedule.begin(now);
      schedule.end(PassResult.NOTHING, true, now);
      now -= PassSchedule.VERIFY.toNanos();
    }
    written = true;
    now += due().toNanos();
    assertThat(schedule.begin(now).firewall()).as("an event was lost").isTrue();
  }

  @Test
  void aDueLookAtTheFirewallWaitsForNewsAndNotForLong() {
    audit(PassResult.NOTHING);
    written = false;
    schedule.add(EnumSet.of(Cause.RULES), now);
    assertThat(due()).as("written by this loop").isEqualTo(PassSchedule.AUDIT);
    written = true;
    now += 10 * SECOND;
    schedule.add(EnumSet.of(Cause.RULES), now);
    assertThat(due()).isEqualTo(PassSchedule.FIREWALL);
    now += due().toNanos();
    news(Cause.MEMBERSHIP);
    assertThat(schedule.begin(now).firewall()).isFalse();
    schedule.end(PassResult.NOTHING, true, now);
    now += PassSchedule.OVERDUE.toNanos();
    news(Cause.MEMBERSHIP);
    assertThat(schedule.begin(now).firewall()).isTrue();
  }

  @Test
  void rulesThatOthersChangeAllTheTimeAreReadMoreAndMoreRarely() {
    audit(PassResult.NOTHING);
    now += 10 * SECOND;
    schedule.add(Set.of(Cause.RULES), now);
    for (long millis : new long[] {200, 200, 200, 400, 800, 1600, 3200, 5000, 5000}) {
      assertThat(due()).isEqualTo(Duration.ofMillis(millis));
      now += due().toNanos();
      assertThat(schedule.begin(now).firewall()).isTrue();
      schedule.end(PassResult.NOTHING, true, now);
      schedule.add(Set.of(Cause.RULES), now);
    }
    now += due().toNanos();
    run(PassResult.WROTE, true);
    now += SECOND;
    run(PassResult.NOTHING, true);
    schedule.add(Set.of(Cause.RULES), now);
    assertThat(due()).as("after our rules were repaired").isEqualTo(PassSchedule.FIREWALL);
  }

  private Duration due() {
    long due = schedule.deadline() - now;
    return Duration.ofNanos(Math.max(due, 0));
  }

  private void news(Cause cause) {
    schedule.add(Set.of(cause), now);
  }

  private void run(PassResult outcome, boolean settled) {
    schedule.begin(now);
    schedule.end(outcome, settled, now);
  }

  private void audit(PassResult outcome) {
    assertThat(schedule.begin(now).audit()).isTrue();
    schedule.end(outcome, true, now);
  }

  private void slowPass() {
    schedule.begin(now);
    now += PASS;
    schedule.end(PassResult.NOTHING, true, now);
  }
}
