package io.vrouter.membership.jgroups;

import java.util.concurrent.TimeUnit;

/**
 * When to look for others: at once, after 100 ms and 300 ms, then every second while alone and
 * every 10 seconds with company, in a mesh of N > 5 every 2·N seconds: all members hear each look,
 * so however many there are, each hears about one in two seconds. From the start again when a link
 * comes up. Times are monotonic nanoseconds; not thread-safe.
 */
final class DiscoverySchedule {
  private static final long[] FIRST = {
    0, TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.MILLISECONDS.toNanos(200)
  };
  private static final long ALONE = TimeUnit.SECONDS.toNanos(1);
  private static final int LEAST = 10;

  private long next;
  private int step;
  private long last;

  DiscoverySchedule(long now) {
    restart(now);
  }

  /** Looks at once, and soon again. */
  void restart(long now) {
    step = 0;
    next = now;
    last = now - ALONE;
  }

  /** Looks at once, once. */
  void hurry(long now) {
    if (now - last >= FIRST[1]) {
      next = now;
    }
  }

  /** When the next round is due. */
  long due() {
    return next;
  }

  /**
   * Takes note of a round.
   *
   * @param others members known alive beside this node
   */
  void done(long now, int others) {
    last = now;
    step++;
    if (step < FIRST.length) {
      next = now + FIRST[step];
    } else if (others == 0) {
      next = now + ALONE;
    } else {
      next = now + ALONE * Math.max(LEAST, 2 * others);
    }
  }

  /** Company was lost: the next round comes as soon as one who is alone would look. */
  void alone(long now) {
    if (next - now > ALONE) {
      next = now + ALONE;
    }
  }
}
