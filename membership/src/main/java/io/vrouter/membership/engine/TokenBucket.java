package io.vrouter.membership.engine;

/**
 * How many rounds of fresh news may go between two regular ones: {@value #ROUNDS} in a row, and one
 * more for every {@value #INTERVALS} intervals. News that never cease, as of a mesh whose hosts are
 * all too busy to answer in time, must not make them busier.
 */
final class TokenBucket {
  static final int ROUNDS = 20;
  static final int INTERVALS = 2;

  private final long each;
  private int taken;
  private long since = Timers.NEVER;

  /**
   * Begins with all of them.
   *
   * @param interval between two regular rounds, in nanoseconds
   */
  TokenBucket(long interval) {
    this.each = INTERVALS * interval;
  }

  /** Whether there is one. */
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
