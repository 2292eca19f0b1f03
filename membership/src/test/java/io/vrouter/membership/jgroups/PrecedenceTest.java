package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrecedenceTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<String> said = new ArrayList<>();
  private long now = -5;
  private final Precedence precedence =
      new Precedence(
          new Urgency() {
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
      work(Precedence.MOST);
      now += SECOND;
    }
    assertThat(said).containsExactly("raise");
  }

  @Test
  void whoHasTooMuchDoesNot() {
    work(Precedence.MOST);
    assertThat(said).containsExactly("raise");
    work(1);
    assertThat(said).containsExactly("raise", "lower");
    now += SECOND;
    work(2 * Precedence.MOST);
    now += SECOND;
    work(1);
    assertThat(said).as("still a flood").containsExactly("raise", "lower");
  }

  @Test
  void andDoesAgainAfterASecondWithLess() {
    work(Precedence.MOST + 1);
    now += SECOND;
    work(1);
    assertThat(said).containsExactly("raise", "lower");
    now += SECOND;
    work(1);
    assertThat(said).containsExactly("raise", "lower", "raise");
  }

  @Test
  void threadsAreCountedEachForItself() throws InterruptedException {
    work(Precedence.MOST);
    Thread other = new Thread(() -> work(Precedence.MOST));
    other.start();
    other.join();
    assertThat(said).containsExactly("raise", "raise");
  }
}
