package io.vrouter.membership.jgroups;

import java.util.concurrent.TimeUnit;

/**
 * The times of discovery: at once, after 100 ms and 300 ms, then every 1 s while no peer is alive,
 * else every max(10, 2·N) s with N live peers. Every member receives each multicast, so in a mesh
 * of any size a member receives about one per 2 s. Restarts when a link comes up. Times are
 * monotonic nanoseconds; not thread-safe.
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

  /** Runs discovery at once and starts over. */
  void restart(long now) {
    step = 0;
    next = now;
    last = now - ALONE;
  }

  /** Runs one round at once, unless the last was less than 100 ms ago. */
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
   * Records a round.
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

  /** The last live peer is gone: the next round is due within a second. */
  void alone(long now) {
    if (next - now > ALONE) {
      next = now + ALONE;
    }
  }
}
