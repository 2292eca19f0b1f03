package io.vrouter.membership.sim;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Virtual time: what is to happen, in order. */
final class SimClock {
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));

  private long now;
  private long ordered;

  /** Of two at one time the one that was asked for first comes first. */
  private record Due(long at, long order, Runnable action) {}

  long now() {
    return now;
  }

  void at(long when, Runnable what) {
    queue.add(new Due(Math.max(when, now), ordered++, what));
  }

  /** Runs until the condition, asked about once per {@code every}, holds; -1 when it never does. */
  long runUntil(long patience, long every, BooleanSupplier condition) {
    long begin = now;
    long end = now + patience;
    long check = now;
    for (Due next = queue.peek(); next != null && next.at() <= end; next = queue.peek()) {
      if (next.at() >= check) {
        check = next.at() + every;
        if (condition.getAsBoolean()) {
          return now - begin;
        }
      }
      Due due = queue.remove();
      now = due.at();
      due.action().run();
    }
    now = end;
    return condition.getAsBoolean() ? now - begin : -1;
  }
}
