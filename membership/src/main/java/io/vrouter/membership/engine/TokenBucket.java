package io.vrouter.membership.engine;

/**
 * Token bucket for rounds of fresh news between the regular ones: {@value #ROUNDS} tokens, and one
 * more per {@value #INTERVALS} intervals. Bounds the load by continuous news, e.g. when all hosts
 * are too busy to answer in time.
 */
final class TokenBucket {
  static final int ROUNDS = 20;
  static final int INTERVALS = 2;

  private final long each;
  private int taken;
  private long since = Timers.NEVER;

  /**
   * Starts full.
   *
   * @param interval between two regular rounds, in nanoseconds
   */
  TokenBucket(long interval) {
    this.each = INTERVALS * interval;
  }

  /** Whether a token is left. */
  boolean left(long now) {
    giveBack(now);
    return taken < ROUNDS;
  }

  /** Takes one. */
  void take(long now) {
    giveBack(now);
    taken++;
  }

  private void giveBack(long now) {
    long back = (now - since) / each;
    if (back >= taken) {
      taken = 0;
      since = now;
    } else {
      taken -= (int) back;
      since += back * each;
    }
  }
}
