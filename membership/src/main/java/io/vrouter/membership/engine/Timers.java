package io.vrouter.membership.engine;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Actions by time. Most actions check at run time whether they still apply; those that seldom do
 * are cancelled, so that they don't wake the owner.
 */
final class Timers {
  /** A time before all others; subtracting it from the present doesn't overflow. */
  static final long NEVER = Long.MIN_VALUE / 2;

  /** One pending action. */
  static final class Timer implements Comparable<Timer> {
    private final long at;
    private final long order;
    private @Nullable Runnable action;

    private Timer(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    /** Drops the action, unless it ran already. */
    void cancel() {
      action = null;
    }

    /** At one time, first in, first out. */
    @Override
    public int compareTo(Timer other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Timer> queue = new PriorityQueue<>();
  private long ordered;

  Timer at(long when, Runnable action) {
    Timer timer = new Timer(when, ordered++, action);
    queue.add(timer);
    return timer;
  }

  /** The first that was not cancelled, or null. */
  private @Nullable Timer first() {
    Timer first = queue.peek();
    while (first != null && first.action == null) {
      queue.poll();
      first = queue.peek();
    }
    return first;
  }

  /** When the first is due, or {@link Long#MAX_VALUE}. */
  long next() {
    Timer first = first();
    return first == null ? Long.MAX_VALUE : first.at;
  }

  int size() {
    return queue.size();
  }

  void run(long now) {
    for (Timer first = first(); first != null && first.at <= now; first = first()) {
      queue.poll();
      Runnable action = first.action;
      if (action != null) {
        action.run();
      }
    }
  }
}
