package io.vrouter.membership.engine;

import java.time.Duration;

/**
 * A pause that doubles with each use, so that a thing which others can cause is never refused for
 * ever and never costs more than a bounded rate. It starts over after a calm of the longest pause.
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
