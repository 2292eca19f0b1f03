package io.vrouter.membership.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long INTERVAL = 100;

  private final TokenBucket spurt = new TokenBucket(INTERVAL);

  private int all(long now) {
    int rounds = 0;
    while (spurt.left(now)) {
      spurt.take(now);
      rounds++;
    }
    return rounds;
  }

  @Test
  void soManyInARowAndNoMore() {
    assertThat(all(7)).isEqualTo(TokenBucket.ROUNDS);
    assertThat(all(7 + TokenBucket.INTERVALS * INTERVAL - 1)).isZero();
  }

  @Test
  void oneComesBackWithTime() {
    long each = TokenBucket.INTERVALS * INTERVAL;
    assertThat(all(0)).isEqualTo(TokenBucket.ROUNDS);
    assertThat(all(each)).isEqualTo(1);
    assertThat(all(3 * each)).isEqualTo(2);
    assertThat(all(3 * each + each / 2)).isZero();
    assertThat(all(4 * each)).as("no half is lost").isEqualTo(1);
    assertThat(all(1_000 * each)).as("no more than at the beginning").isEqualTo(TokenBucket.ROUNDS);
  }
}
