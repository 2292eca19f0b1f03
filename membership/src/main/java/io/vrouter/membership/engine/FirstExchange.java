package io.vrouter.membership.engine;

import java.time.Duration;

/**
 * Whether this node has caught up with the mesh: one push/pull completed, and the records that it
 * named are here. Becomes true once and stays true: records named later, which may be invented,
 * change nothing.
 */
final class FirstExchange {
  private final Context ctx;
  private final OwnRecord own;

  /** Longest wait for named records that never arrive, after the settle time. */
  private static final long MOST = Duration.ofSeconds(3).toNanos();

  private boolean settled;
  private boolean completed;
  private boolean introduced;

  FirstExchange(Context ctx, OwnRecord own) {
    this.ctx = ctx;
    this.own = own;
  }

  void complete() {
    completed = true;
  }

  boolean completed() {
    return completed;
  }

  /**
   * A step ended.
   *
   * @param idle whether no record is to be fetched now
   */
  void step(boolean idle) {
    long settle = ctx.config.healing().settle().toNanos();
    boolean met = completed || ctx.now >= settle;
    settled |= met && (idle || ctx.now >= settle + MOST);
  }

  /** Whether the exchange is done, or no peer was found within the settle time. */
  boolean settled() {
    return settled;
  }

  /** Whether the records being fetched belong to the first exchange. */
  boolean catchingUp() {
    return !completed && ctx.now < ctx.config.healing().settle().toNanos();
  }

  /** Nothing is left to fetch: a new node pushes its record to some members once. */
  void caughtUp() {
    if (completed && !introduced) {
      introduced = true;
      own.push(true);
    }
  }
}
