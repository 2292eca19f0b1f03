package io.vrouter.membership.engine;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen later. Most actions check, when their time has come, whether they still apply;
 * those that seldom do are cancelled, so that they don't wake the owner.
 */
final class Timers {
  /** One action that is to come. */
  static final class Timer implements Comparable<Timer> {
    private final long at;
    private final long order;
    private @Nullable Runnable action;

    private Timer(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    /** Keeps the action from happening; does nothing when it has happened. */
    void cancel() {
      action = null;
    }

    @Override
    public int compareTo(Timer other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Timer> queue = new PriorityQueue<>();
  private long order;

  Timer at(long at, Runnable action) {
    Timer timer = new Timer(at, order++, action);
    queue.add(timer);
    return timer;
  }

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
