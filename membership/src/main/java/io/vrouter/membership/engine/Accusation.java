package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import java.util.LinkedHashSet;
import java.util.Set;

/** A running suspicion: its accusers, and the time to refute (Lifeguard, section IV-B). */
final class Accusation {
  /** Answers without a refutation extend a suspicion to at most this many longest timeouts. */
  static final int MOST = 5;

  private final long started;
  private final long min;
  private final long max;
  private final int k;
  private final long latest;
  private final Set<NodeId> by = new LinkedHashSet<>();
  private long floor;
  private boolean asked;
  private long answerDue;
  private boolean hastened;
  private long hastenedAt;

  /** How often this suspicion started over because this process stood still. */
  int restarts;

  /**
   * Starts a suspicion.
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

  /** Adds an accuser; whether it is new and shortens the timeout. */
  boolean confirm(NodeId accuser) {
    return by.size() <= k && by.add(accuser);
  }

  /**
   * A helper relayed an answer of the suspect, which now has at least the shortest timeout, up to
   * {@value #MOST} longest timeouts in all: a relayed answer is not this node's own evidence.
   */
  void answered(long now) {
    long extended = Math.min(now + min, latest);
    if (extended > floor) {
      floor = extended;
      asked = false;
    }
  }

  /** Whether the final probe was sent since the suspect last answered. */
  boolean asked() {
    return asked;
  }

  /** The final probe is sent now; the suspicion ends no sooner than its answer can arrive. */
  void ask(long until) {
    asked = true;
    answerDue = until;
  }

  /**
   * Another member has failed the suspect: only this node's own final probe remains.
   *
   * @return whether this is news
   */
  boolean hasten(long now) {
    boolean first = !hastened;
    if (first) {
      hastened = true;
      hastenedAt = now;
    }
    return first;
  }

  long deadline() {
    long run = started + timeout(min, max, by.size() - 1, k);
    long end = Math.max(floor, hastened ? Math.min(run, hastenedAt) : run);
    return asked ? Math.max(end, answerDue) : end;
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
