package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DiscoveryScheduleTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private static List<Long> rounds(DiscoverySchedule schedule, long from, int count, int others) {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long due = schedule.due();
      times.add((due - from) / MS);
      schedule.done(due, others);
    }
    return times;
  }

  @Test
  void looksAtOnceTwiceMoreSoonAndThenEverySecondWhileAlone() {
    DiscoverySchedule schedule = new DiscoverySchedule(5 * MS);
    assertThat(rounds(schedule, 5 * MS, 6, 0)).containsExactly(0L, 100L, 300L, 1300L, 2300L, 3300L);
  }

  @Test
  void withCompanyEveryTenSecondsAndLessOftenInACrowd() {
    assertThat(rounds(new DiscoverySchedule(0), 0, 5, 3))
        .containsExactly(0L, 100L, 300L, 10_300L, 20_300L);
    assertThat(rounds(new DiscoverySchedule(0), 0, 5, 29))
        .containsExactly(0L, 100L, 300L, 58_300L, 116_300L);
    assertThat(rounds(new DiscoverySchedule(0), 0, 5, 1000))
        .containsExactly(0L, 100L, 300L, 2_000_300L, 4_000_300L);
  }

  @Test
  void startsAnewWhenALinkComesUp() {
    DiscoverySchedule schedule = new DiscoverySchedule(0);
    rounds(schedule, 0, 5, 3);
    schedule.restart(21_000 * MS);
    assertThat(rounds(schedule, 21_000 * MS, 3, 3)).containsExactly(0L, 100L, 300L);
  }

  @Test
  void hurriesWhenAskedButNotTwiceAtOnce() {
    DiscoverySchedule schedule = new DiscoverySchedule(0);
    rounds(schedule, 0, 4, 3);
    schedule.hurry(15_000 * MS);
    assertThat(schedule.due()).isEqualTo(15_000 * MS);
    schedule.done(15_000 * MS, 3);
    schedule.hurry(15_050 * MS);
    assertThat(schedule.due()).isEqualTo(25_000 * MS);
  }

  @Test
  void whoLosesItsCompanyLooksWithinASecond() {
    DiscoverySchedule schedule = new DiscoverySchedule(0);
    rounds(schedule, 0, 4, 3);
    schedule.alone(11_000 * MS);
    assertThat(schedule.due()).isEqualTo(12_000 * MS);
  }
}
