package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.ThreadPriority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PriorityLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<String> said = new ArrayList<>();
  private long now = -5;
  private final PriorityLimit precedence =
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
          () -> now);

  private void work(int times) {
    for (int i = 0; i < times; i++) {
      precedence.worked();
    }
  }

  @Test
  void whoHasLittleToDoGoesFirst() {
    for (int second = 0; second < 10; second++) {
      work(PriorityLimit.MOST);
      now += SECOND;
    }
    assertThat(said).containsExactly("raise");
  }

  @Test
  void whoHasTooMuchDoesNot() {
    work(PriorityLimit.MOST);
    assertThat(said).containsExactly("raise");
    work(1);
    assertThat(said).containsExactly("raise", "lower");
    now += SECOND;
    work(2 * PriorityLimit.MOST);
    now += SECOND;
    work(1);
    assertThat(said).as("still a flood").containsExactly("raise", "lower");
  }

  @Test
  void andDoesAgainAfterASecondWithLess() {
    work(PriorityLimit.MOST + 1);
    now += SECOND;
    work(1);
    assertThat(said).containsExactly("raise", "lower");
    now += SECOND;
    work(1);
    assertThat(said).containsExactly("raise", "lower", "raise");
  }

  @Test
  void threadsAreCountedEachForItself() throws InterruptedException {
    work(PriorityLimit.MOST);
    Thread other = new Thread(() -> work(PriorityLimit.MOST));
    other.start();
    other.join();
    assertThat(said).containsExactly("raise", "raise");
  }
}
