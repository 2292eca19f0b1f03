package io.vrouter.membership.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Actions by time. Most actions check at run time whether they still apply; those that seldom do
 * are cancelled, so that they don't wake the owner.
 *
 * <p>A binary heap over an array of times: ordering touches no timer object.
 */
final class Timers {
  /** A time before all others; subtracting it from the present doesn't overflow. */
  static final long NEVER = Long.MIN_VALUE / 2;

  private static final int ROOM = 16;

  /** One pending action. */
  static final class Timer {
    private @Nullable Runnable action;

    private Timer(Runnable action) {
      this.action = action;
    }

    /** Drops the action, unless it ran already. */
    void cancel() {
      action = null;
    }
  }

  private long[] at = new long[ROOM];
  private long[] order = new long[ROOM];
  private @Nullable Timer[] timers = new Timer[ROOM];
  private int size;
  private long ordered;

  Timer at(long when, Runnable action) {
    if (size == at.length) {
      at = Arrays.copyOf(at, 2 * size);
      order = Arrays.copyOf(order, 2 * size);
      timers = Arrays.copyOf(timers, 2 * size);
    }
    Timer timer = new Timer(action);
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (at[parent] <= when) {
        break; // at one time, first in, first out
      }
      move(parent, hole);
      hole = parent;
    }
    at[hole] = when;
    order[hole] = ordered++;
    timers[hole] = timer;
    return timer;
  }

  private void move(int from, int to) {
    at[to] = at[from];
    order[to] = order[from];
    timers[to] = timers[from];
  }

  private boolean before(int one, int other) {
    return at[one] != at[other] ? at[one] < at[other] : order[one] < order[other];
  }

  private void removeFirst() {
    int last = --size;
    int hole = 0;
    while (true) {
      int child = 2 * hole + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && before(child + 1, child)) {
        child++;
      }
      if (before(last, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    move(last, hole);
    timers[last] = null;
  }

  /** The first action that was not cancelled, or null. */
  private @Nullable Runnable first() {
    while (size > 0) {
      Timer first = timers[0];
      Runnable action = first == null ? null : first.action;
      if (action != null) {
        return action;
      }
      removeFirst();
    }
    return null;
  }

  /** When the first is due, or {@link Long#MAX_VALUE}. */
  long next() {
    return first() == null ? Long.MAX_VALUE : at[0];
  }

  int size() {
    return size;
  }

  void run(long now) {
    for (Runnable first = first(); first != null && at[0] <= now; first = first()) {
      removeFirst();
      first.run();
    }
  }
}
