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
 * A host's part in the pool. The state directory holds all of it; the share is published in the
 * host's record after the write.
 *
 * @param share the part that the record contains
 * @param named subnets assigned by name, each by one name only
 * @param kept votes for claims that have been acknowledged since. The record no longer contains
 *     them, and they still bind: a voter that lost them at a restart could vote for another host
 *     before it receives the first host's record again
 */
public record PoolState(PoolShare share, Map<String, Prefix> named, List<PoolVote> kept) {
  /** Most kept votes; at this limit a host casts no vote. */
  static final int MAX_KEPT = 4096;

  /** No part in the pool. */
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

  /** The claimed ranges. */
  public List<PoolRange> ranges() {
    return share.ranges();
  }

  PoolState withNamed(Map<String, Prefix> changed) {
    return new PoolState(share, changed, kept);
  }

  /**
   * The state to save when this host leaves: others may claim its ranges from then on, so a host
   * that returns claims them anew, provisionally and with a higher Lamport number.
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
