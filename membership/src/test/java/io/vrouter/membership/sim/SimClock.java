package io.vrouter.membership.sim;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Virtual time: what is to happen, in order. A binary heap of plain arrays. */
final class SimClock {
  private long[] at = new long[1024];
  private long[] order = new long[1024];
  private Runnable[] action = new Runnable[1024];
  private int size;
  private long now;
  private long ordered;

  long now() {
    return now;
  }

  void at(long when, Runnable what) {
    if (size == at.length) {
      at = Arrays.copyOf(at, 2 * size);
      order = Arrays.copyOf(order, 2 * size);
      action = Arrays.copyOf(action, 2 * size);
    }
    long due = Math.max(when, now);
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (at[parent] <= due) {
        break; // of two at one time the one that was asked for first comes first
      }
      move(parent, hole);
      hole = parent;
    }
    put(hole, due, ordered++, what);
  }

  private void put(int slot, long due, long number, Runnable what) {
    at[slot] = due;
    order[slot] = number;
    action[slot] = what;
  }

  private void move(int from, int to) {
    put(to, at[from], order[from], action[from]);
  }

  private boolean before(int one, int other) {
    return at[one] != at[other] ? at[one] < at[other] : order[one] < order[other];
  }

  private Runnable poll() {
    final Runnable first = action[0];
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
    action[last] = () -> {};
    return first;
  }

  /** Runs until the condition, asked about once per {@code every}, holds; -1 when it never does. */
  long runUntil(long patience, long every, BooleanSupplier condition) {
    long begin = now;
    long end = now + patience;
    long check = now;
    while (size > 0 && at[0] <= end) {
      if (at[0] >= check) {
        check = at[0] + every;
        if (condition.getAsBoolean()) {
          return now - begin;
        }
      }
      now = at[0];
      poll().run();
    }
    now = end;
    return condition.getAsBoolean() ? now - begin : -1;
  }
}
