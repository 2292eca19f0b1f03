package io.vrouter.membership.crypto;

import java.util.concurrent.TimeUnit;

/**
 * Bounds how often others can change this node's key. A rotation costs as much as four epochs of an
 * equal number, which meet when hosts start or partitions heal. Not safe for use by several
 * threads.
 */
final class RotationBudget {
  /** Most rotations at once. */
  static final int ROTATIONS = 4;

  private static final int COST = 4;
  private static final int CAPACITY = ROTATIONS * COST;

  /** Nanoseconds in which a quarter of a rotation is regained. */
  private static final long GAP = TimeUnit.MILLISECONDS.toNanos(7_500);

  private int spent;
  private long since;

  RotationBudget(long now) {
    this.since = now;
  }

  /** Whether a change is allowed now, and pays for it. */
  boolean take(boolean rotation, long now) {
    long back = (now - since) / GAP;
    since += back * GAP;
    spent = (int) Math.max(0, spent - back);
    int cost = rotation ? COST : 1;
    if (spent + cost > CAPACITY) {
      return false;
    }
    spent += cost;
    return true;
  }
}
