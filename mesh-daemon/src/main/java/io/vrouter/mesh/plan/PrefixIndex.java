package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Values by prefix, with a look-up of overlapping prefixes. */
final class PrefixIndex<T> {
  private final NavigableMap<Prefix, List<T>> byPrefix = new TreeMap<>();
  private final TreeSet<Integer> lengths = new TreeSet<>();

  void add(Prefix prefix, T value) {
    byPrefix.computeIfAbsent(prefix, key -> new ArrayList<>(1)).add(value);
    lengths.add(prefix.length());
  }

  /** Visits the values whose prefix holds all of the given one, itself included. */
  void covering(Prefix prefix, Consumer<T> visitor) {
    for (int length : lengths.headSet(prefix.length(), true)) {
      List<T> values = byPrefix.get(Prefix.of(prefix.address(), length));
      if (values != null) {
        values.forEach(visitor);
      }
    }
  }

  /** Visits the values whose prefix shares an address with the given one. */
  void overlapping(Prefix prefix, Consumer<T> visitor) {
    covering(prefix, visitor);
    for (Map.Entry<Prefix, List<T>> inside : byPrefix.tailMap(prefix, false).entrySet()) {
      if (!prefix.contains(inside.getKey())) {
        break;
      }
      inside.getValue().forEach(visitor);
    }
  }
}
