package io.vrouter.membership.sim;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Virtual time: what is to happen, in order. */
final class SimClock {
  private record Event(long at, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long order;

  long now() {
    return now;
  }

  void at(long at, Runnable action) {
    events.add(new Event(Math.max(at, now), order++, action));
  }

  /** Runs until the condition, asked about once per {@code every}, holds; -1 when it never does. */
  long runUntil(long patience, long every, BooleanSupplier condition) {
    long begin = now;
    long end = now + patience;
    long check = now;
    for (Event event = events.peek(); event != null && event.at <= end; event = events.peek()) {
      if (event.at >= check) {
        check = event.at + every;
        if (condition.getAsBoolean()) {
          return now - begin;
        }
      }
      events.poll();
      now = event.at;
      event.action.run();
    }
    now = end;
    return condition.getAsBoolean() ? now - begin : -1;
  }
}
