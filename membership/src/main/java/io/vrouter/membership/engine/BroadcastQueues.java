package io.vrouter.membership.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Broadcast queues: one for each number of transmissions. */
final class BroadcastQueues {
  private final List<Deque<Broadcasts.Item>> queues = new ArrayList<>();
  private int size;

  /** The number of queues in use: all behind them are empty. */
  int count() {
    return queues.size();
  }

  /** Items in all of them. */
  int size() {
    return size;
  }

  /** Whether a queue before this one has an item. */
  boolean anyBefore(int tier) {
    for (int i = 0; i < Math.min(tier, queues.size()); i++) {
      if (!queues.get(i).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  void addLast(int tier, Broadcasts.Item item) {
    queue(tier).addLast(item);
    size++;
  }

  void addFirst(int tier, Broadcasts.Item item) {
    queue(tier).addFirst(item);
    size++;
  }

  private Deque<Broadcasts.Item> queue(int tier) {
    while (tier >= queues.size()) {
      queues.add(new ArrayDeque<>());
    }
    return queues.get(tier);
  }

  Broadcasts.@Nullable Item pollFirst(int tier) {
    if (tier >= queues.size()) {
      return null;
    }
    Broadcasts.Item item = queues.get(tier).pollFirst();
    size -= item == null ? 0 : 1;
    return item;
  }

  void clear() {
    queues.clear();
    size = 0;
  }
}
