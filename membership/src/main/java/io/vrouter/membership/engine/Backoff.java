package io.vrouter.membership.engine;

import java.time.Duration;

/**
 * Exponential backoff: each use doubles the pause, so that an action which other nodes can cause is
 * never refused permanently, and its rate is bounded. It starts over after a calm as long as the
 * longest pause.
 */
final class Backoff {
  private final long least;
  private final long most;
  private long pause;
  private long until = Timers.NEVER;

  Backoff(Duration least, Duration most) {
    this.least = least.toNanos();
    this.most = most.toNanos();
  }

  /** Whether no pause runs at this engine time. */
  boolean ready(long now) {
    return now >= until;
  }

  /** When the pause ends: engine time in nanoseconds. */
  long until() {
    return until;
  }

  /** Begins the next pause. */
  void take(long now) {
    boolean calm = now - until >= most;
    pause = calm || pause == 0 ? least : Math.min(most, 2 * pause);
    until = now + pause;
  }
}
