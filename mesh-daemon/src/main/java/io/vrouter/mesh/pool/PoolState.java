package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What this host claims, as it is kept in the state directory.
 *
 * @param ranges in the order of their claims, none twice
 * @param named subnets that were given out by name, each by one name only
 * @param votes for other hosts' provisional claims; told in the record once they are kept
 * @param highestLamport ever seen or used, 0 for none; never lowered
 */
public record PoolState(
    List<PoolRange> ranges, Map<String, Prefix> named, List<PoolVote> votes, long highestLamport) {
  /** Ranges that one host may claim. */
  public static final int MAX_RANGES = 16;

  public PoolState {
    ranges = List.copyOf(ranges);
    votes = List.copyOf(votes);
    named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
    if (ranges.size() > MAX_RANGES) {
      throw new IllegalArgumentException(
          "%d pool ranges: at most %d".formatted(ranges.size(), MAX_RANGES));
    }
    Set<Prefix> seen = new HashSet<>();
    for (PoolRange range : ranges) {
      if (!seen.add(range.prefix())) {
        throw new IllegalArgumentException("pool range " + range.prefix() + " twice");
      }
    }
    seen.clear();
    named.forEach(
        (name, prefix) -> {
          Label.check("subnet name", name);
          if (!prefix.isIpv4() || prefix.length() != PoolRange.SUBNET_LENGTH) {
            throw new IllegalArgumentException(
                "subnet '%s' of '%s' is not an IPv4 /%d"
                    .formatted(prefix, name, PoolRange.SUBNET_LENGTH));
          }
          if (!seen.add(prefix)) {
            throw new IllegalArgumentException("subnet " + prefix + " has two names");
          }
        });
    if (highestLamport < 0) {
      throw new IllegalArgumentException("'" + highestLamport + "' is below 0");
    }
  }

  /** Nothing claimed yet. */
  public static PoolState empty() {
    return new PoolState(List.of(), Map.of(), List.of(), 0);
  }

  PoolState withNamed(Map<String, Prefix> changed) {
    return new PoolState(ranges, changed, votes, highestLamport);
  }

  /** Whether a range isn't acknowledged yet: it may move when this host meets others. */
  public boolean provisional() {
    return ranges.stream().anyMatch(range -> !range.acknowledged());
  }

  /** Whether one of the ranges covers the prefix. */
  public boolean covers(Prefix prefix) {
    return ranges.stream().anyMatch(range -> range.prefix().contains(prefix));
  }
}
