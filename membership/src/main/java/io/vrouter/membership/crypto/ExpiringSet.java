package io.vrouter.membership.crypto;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bounded set with elements that expire after a fixed time. Not safe for use by several threads.
 */
final class ExpiringSet<T> {
  private final int capacity;
  private final long lifetime;
  private final Map<T, Long> since = new LinkedHashMap<>();

  /**
   * Creates an empty set.
   *
   * @param lifetime nanoseconds
   */
  ExpiringSet(int capacity, long lifetime) {
    this.capacity = capacity;
    this.lifetime = lifetime;
  }

  /** Adds an element and restarts its lifetime; false when there is no room. */
  boolean add(T element, long now) {
    expire(now);
    since.remove(element);
    if (since.size() >= capacity) {
      return false;
    }
    since.put(element, now);
    return true;
  }

  boolean contains(T element, long now) {
    if (since.isEmpty()) {
      return false;
    }
    expire(now);
    return since.containsKey(element);
  }

  private void expire(long now) {
    Iterator<Long> eldest = since.values().iterator();
    while (eldest.hasNext() && now - eldest.next() > lifetime) {
      eldest.remove();
    }
  }
}
