package io.vrouter.membership.engine;

import java.time.Duration;

/**
 * Whether this node has caught up with the mesh: one push/pull ran to its end, and the records that
 * it named are here. Once so it stays so: records to fetch that others name later, which may be
 * invented, change nothing.
 */
final class FirstExchange {
  private final Context ctx;
  private final OwnRecord own;

  /** Records that never come keep a node waiting no longer than this. */
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

  /** Whether it is done, or nobody was there to have one with. */
  boolean settled() {
    return settled;
  }

  /** Whether what is still being fetched belongs to the first exchange. */
  boolean catchingUp() {
    return !completed && ctx.now < ctx.config.healing().settle().toNanos();
  }

  /** Nothing is left to fetch: a node that has just met the mesh pushes its record to some. */
  void caughtUp() {
    if (completed && !introduced) {
      introduced = true;
      own.push(true);
    }
  }
}
