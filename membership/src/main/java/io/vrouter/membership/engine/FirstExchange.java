package io.vrouter.membership.engine;

/** Whether this node has caught up with the mesh: one push/pull ran to its end. */
final class FirstExchange {
  private final Context ctx;
  private final OwnRecord own;
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

  /** Whether it is done, or nobody was there to have one with. */
  boolean settled() {
    return completed || ctx.now >= ctx.config.healing().settle().toNanos();
  }

  /** Nothing is left to fetch: a node that has just met the mesh pushes its record to some. */
  void caughtUp() {
    if (completed && !introduced) {
      introduced = true;
      own.push(true);
    }
  }
}
