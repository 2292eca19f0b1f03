package io.vrouter.mesh.local;

import java.time.Duration;

/** Spaces runs: none begins sooner than an interval after the one before. Not thread-safe. */
final class Pace {
  private final long interval;
  private long next;
  private boolean ran;

  Pace(Duration interval) {
    this.interval = interval.toNanos();
  }

  /**
   * Books the next run.
   *
   * @param now nanoseconds, monotonic
   * @return how long to wait for it, in nanoseconds
   */
  long book(long now) {
    long at = ran && next - now > 0 ? next : now;
    ran = true;
    next = at + interval;
    return at - now;
  }
}
