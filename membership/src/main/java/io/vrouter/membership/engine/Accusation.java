package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import java.util.LinkedHashSet;
import java.util.Set;

/** One running suspicion: who accuses, and how long the suspect has (Lifeguard, section IV-B). */
final class Accusation {
  /** Answers that don't refute extend a suspicion to at most so many times the longest timeout. */
  static final int MOST = 5;

  private final long started;
  private final long min;
  private final long max;
  private final int k;
  private final long latest;
  private final Set<NodeId> by = new LinkedHashSet<>();
  private long floor;
  private boolean asked;
  private long lastWords;

  /** How often the whole time was given again because this process stood still. */
  int restarts;

  /**
   * Starts one.
   *
   * @param min nanoseconds, the shortest timeout
   * @param max nanoseconds, the longest timeout
   * @param k confirmations at which the shortest applies; at 0 it always does
   */
  Accusation(long now, long min, long max, int k, NodeId accuser) {
    this.started = now;
    this.floor = now;
    this.min = min;
    this.max = Math.max(min, max);
    this.k = k;
    this.latest = now + MOST * this.max;
    by.add(accuser);
  }

  /** Adds an accuser; whether it is a new one that still shortens the timeout. */
  boolean confirm(NodeId accuser) {
    return by.size() <= k && by.add(accuser);
  }

  /**
   * The suspect answered this node: it gets at least the shortest timeout from now, but not for
   * ever. One that answers and never refutes fails in the end, is told so, and starts afresh.
   */
  void answered(long now) {
    long extended = Math.min(now + min, latest);
    if (extended > floor) {
      floor = extended;
      asked = false;
    }
  }

  /** Whether the last attempt before the end was made, since the suspect last answered. */
  boolean asked() {
    return asked;
  }

  /** It is made now, and not cut short: the end comes no sooner than its answer can. */
  void ask(long until) {
    asked = true;
    lastWords = until;
  }

  /** Whether its answers buy no more time. */
  boolean exhausted() {
    return floor >= latest;
  }

  long deadline() {
    long end = Math.max(floor, started + timeout(min, max, by.size() - 1, k));
    return asked ? Math.max(end, lastWords) : end;
  }

  /** {@code max(min, max - (max-min)·ln(c+1)/ln(k+1))}; min when k is 0. */
  static long timeout(long min, long max, int confirmations, int k) {
    if (k <= 0 || confirmations >= k) {
      return min;
    }
    double shrink = Math.log(confirmations + 1) / Math.log(k + 1);
    return Math.max(min, max - (long) ((max - min) * shrink));
  }

  Set<NodeId> by() {
    return by;
  }

  String accusers() {
    StringBuilder text = new StringBuilder();
    for (NodeId id : by) {
      text.append(text.length() == 0 ? "suspected by " : ", confirmed by ")
          .append(id.abbreviated());
    }
    return text.toString();
  }
}
