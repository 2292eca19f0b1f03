package io.vrouter.membership.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Broadcast queues: one for each number of transmissions. Items are linked directly, so that the
 * many empty queues cost one scan of a small array.
 */
final class BroadcastQueues {
  private Broadcasts.@Nullable Item[] first = new Broadcasts.Item[16];
  private Broadcasts.@Nullable Item[] last = new Broadcasts.Item[16];
  private int count;
  private int size;

  /** The number of queues in use: all behind them are empty. */
  int count() {
    return count;
  }

  /** Items in all of them. */
  int size() {
    return size;
  }

  /** Whether a queue before this one has an item. */
  boolean anyBefore(int tier) {
    for (int i = 0; i < Math.min(tier, count); i++) {
      if (first[i] != null) {
        return true;
      }
    }
    return false;
  }

  void addLast(int tier, Broadcasts.Item item) {
    reach(tier);
    Broadcasts.Item before = last[tier];
    if (before == null) {
      first[tier] = item;
    } else {
      before.next = item;
    }
    last[tier] = item;
    size++;
  }

  void addFirst(int tier, Broadcasts.Item item) {
    reach(tier);
    item.next = first[tier];
    first[tier] = item;
    if (item.next == null) {
      last[tier] = item;
    }
    size++;
  }

  private void reach(int tier) {
    if (tier >= first.length) {
      first = Arrays.copyOf(first, 2 * tier);
      last = Arrays.copyOf(last, 2 * tier);
    }
    count = Math.max(count, tier + 1);
  }

  Broadcasts.@Nullable Item pollFirst(int tier) {
    Broadcasts.Item item = first[tier];
    if (item != null) {
      first[tier] = item.next;
      if (item.next == null) {
        last[tier] = null;
      }
      item.next = null;
      size--;
    }
    return item;
  }

  void clear() {
    Arrays.fill(first, null);
    Arrays.fill(last, null);
    count = 0;
    size = 0;
  }
}
