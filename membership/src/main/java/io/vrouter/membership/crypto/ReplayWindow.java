package io.vrouter.membership.crypto;

import java.util.Arrays;

/**
 * The replay window of one session (RFC 4303, section 3.4.3): counters below it count as seen.
 * Counters begin at 1.
 */
final class ReplayWindow {
  /** Most counters that a late datagram may be behind the highest one. */
  static final int SIZE = 1024;

  private final long[] seen = new long[SIZE / Long.SIZE];
  private long highest;

  /** A window in which everything up to and including this counter counts as seen. */
  ReplayWindow(long highest) {
    this.highest = highest;
    Arrays.fill(seen, -1L);
  }

  /** Whether the counter is new; marks it seen. Only for counters of authenticated datagrams. */
  boolean accept(long counter) {
    if (counter <= 0 || counter <= highest - SIZE) {
      return false;
    }
    if (counter > highest) {
      long clear = Math.min(counter - highest, SIZE);
      for (long back = 0; back < clear; back++) {
        seen[word(counter - back)] &= ~bit(counter - back);
      }
      highest = counter;
    }
    boolean isNew = (seen[word(counter)] & bit(counter)) == 0;
    seen[word(counter)] |= bit(counter);
    return isNew;
  }

  /** Whether {@link #accept} would refuse the counter, which need not be authenticated. */
  boolean seen(long counter) {
    return counter <= 0
        || counter <= highest - SIZE
        || (counter <= highest && (seen[word(counter)] & bit(counter)) != 0);
  }

  private static int word(long counter) {
    return (int) (counter % SIZE) / Long.SIZE;
  }

  private static long bit(long counter) {
    return 1L << (counter % Long.SIZE);
  }
}
