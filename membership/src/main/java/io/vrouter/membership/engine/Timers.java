package io.vrouter.membership.engine;

import java.util.PriorityQueue;

/**
 * What is to happen later. There is no cancelling: each action checks, when its time has come,
 * whether it still applies.
 */
final class Timers {
  private record Timer(long at, long order, Runnable action) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Timer> queue = new PriorityQueue<>();
  private long order;

  void at(long at, Runnable action) {
    queue.add(new Timer(at, order++, action));
  }

  /** When the first is due, or {@link Long#MAX_VALUE}. */
  long next() {
    Timer first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.at;
  }

  int size() {
    return queue.size();
  }

  void run(long now) {
    for (Timer first = queue.peek(); first != null && first.at <= now; first = queue.peek()) {
      queue.poll();
      first.action.run();
    }
  }
}
