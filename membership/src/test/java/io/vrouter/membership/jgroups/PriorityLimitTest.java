package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.ThreadPriority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PriorityLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MICROSECOND = TimeUnit.MICROSECONDS.toNanos(1);

  private final List<String> said = new ArrayList<>();
  private long now = -5;
  private long cpu = 7;
  private boolean known = true;
  private int looks;
  private final PriorityLimit limit =
      new PriorityLimit(
          new ThreadPriority() {
            @Override
            public void raise() {
              said.add("raise");
            }

            @Override
            public void lower() {
              said.add("lower");
            }
          },
          () -> now,
          () -> {
            looks++;
            return known ? cpu : -1;
          });

  private void work(int times, long each) {
    for (int i = 0; i < times; i++) {
      limit.worked();
      cpu += each;
    }
  }

  @Test
  void manyDatagramsThatCostLittleKeepThePriority() {
    for (int second = 0; second < 10; second++) {
      work(9_000, 20 * MICROSECOND);
      now += SECOND;
    }
    assertThat(said).containsExactly("raise");
  }

  @Test
  void fewThatCostMuchTakeIt() {
    work(300, MILLISECOND);
    assertThat(said).containsExactly("raise", "lower");
    now += SECOND;
    work(300, MILLISECOND);
    now += SECOND;
    work(1, MILLISECOND);
    assertThat(said).as("still a flood").containsExactly("raise", "lower");
  }

  @Test
  void itIsBackAfterASecondWithLess() {
    work(300, MILLISECOND);
    now += SECOND;
    work(1, MILLISECOND);
    assertThat(said).containsExactly("raise", "lower");
    now += SECOND;
    work(1, MILLISECOND);
    assertThat(said).containsExactly("raise", "lower", "raise");
  }

  @Test
  void atRestNobodyLooksAtTheClock() {
    for (int second = 0; second < 10; second++) {
      work(PriorityLimit.STEP - 1, MICROSECOND);
      now += SECOND;
    }
    assertThat(looks).isZero();
  }

  @Test
  void whereTheTimeIsUnknownADatagramCountsAFiveThousandthOfASecond() {
    known = false;
    work(1_000, MILLISECOND);
    assertThat(said).containsExactly("raise");
    work(PriorityLimit.STEP, MILLISECOND);
    assertThat(said).containsExactly("raise", "lower");
  }

  @Test
  void threadsAreCountedEachForItself() throws InterruptedException {
    work(10, MILLISECOND);
    Thread other = new Thread(() -> work(10, MILLISECOND));
    other.start();
    other.join();
    assertThat(said).containsExactly("raise", "raise");
  }

  @Test
  void theKernelCountsWhatThisThreadUses() {
    long before = ThreadCpuTime.read();
    assertThat(before).isPositive();
    // A thread that sleeps leaves the processor, and the kernel brings its number up to date.
    LockSupport.parkNanos(MILLISECOND);
    assertThat(ThreadCpuTime.read()).isGreaterThan(before);
  }
}
