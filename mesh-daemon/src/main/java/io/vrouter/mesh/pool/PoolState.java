package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A host's part in the pool, as it is kept in the state directory and, but for names and kept
 * votes, told in its record afterwards.
 *
 * @param share what the record tells
 * @param named subnets that were given out by name, each by one name only
 * @param kept votes for claims that have been acknowledged since. They are told no more and still
 *     bind: a voter that forgot them at a restart might vote for another host before it hears of
 *     the first again
 */
public record PoolState(PoolShare share, Map<String, Prefix> named, List<PoolVote> kept) {
  /** Votes kept at most; with as many this host gives none. */
  static final int MAX_KEPT = 4096;

  /** No part in it. */
  public static final PoolState NONE = new PoolState(PoolShare.NONE, Map.of(), List.of());

  public PoolState {
    kept = List.copyOf(kept);
    named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
    Set<Prefix> seen = new HashSet<>();
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
  }

  /** What is claimed. */
  public List<PoolRange> ranges() {
    return share.ranges();
  }

  PoolState withNamed(Map<String, Prefix> changed) {
    return new PoolState(share, changed, kept);
  }

  /**
   * What is left of it when this host leaves: others may claim its ranges from then on, so coming
   * back it claims them anew, provisionally and with a higher number.
   */
  public PoolState departed() {
    if (ranges().isEmpty()) {
      return this;
    }
    long lamport = Lamport.after(share.lamport());
    List<PoolRange> again =
        ranges().stream().map(range -> new PoolRange(range.prefix(), lamport, false)).toList();
    return new PoolState(new PoolShare(again, share.votes(), lamport), named, kept);
  }

  /** Whether a range isn't acknowledged yet: it may move when this host meets others. */
  public boolean provisional() {
    return ranges().stream().anyMatch(range -> !range.acknowledged());
  }
}
