package io.vrouter.mesh.record;

import io.vrouter.mesh.model.Prefix;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A host's part in the mesh-wide pool of subnets.
 *
 * @param ranges claimed, in the order of their claims, none twice, at most {@link #MAX_RANGES}
 * @param votes for others' provisional claims, one per range, at most {@link #MAX_VOTES}
 * @param lamport of the host's last claim, 0 before the first; never lowered. A record with a lower
 *     number than a claim's is older than that claim
 */
public record PoolShare(List<PoolRange> ranges, List<PoolVote> votes, long lamport) {
  /** Most ranges of one host. */
  public static final int MAX_RANGES = 16;

  /** Most votes in one record. */
  public static final int MAX_VOTES = 64;

  /** No part in the pool. */
  public static final PoolShare NONE = new PoolShare(List.of(), List.of(), 0);

  public PoolShare {
    ranges = List.copyOf(ranges);
    votes = List.copyOf(votes);
    HostRecord.checkCount("pool ranges", ranges.size(), MAX_RANGES);
    HostRecord.checkCount("pool votes", votes.size(), MAX_VOTES);
    if (lamport < 0 || lamport > Lamport.MAX) {
      throw new IllegalArgumentException(
          "'" + lamport + "' is not the Lamport number of a last claim: 0 to " + Lamport.MAX);
    }
    Set<Prefix> seen = new HashSet<>();
    for (PoolRange range : ranges) {
      once("pool range", seen, range.prefix());
      if (range.lamport() > lamport) {
        throw new IllegalArgumentException(
            "pool range %s has the Lamport number %d, above the last claim's %d"
                .formatted(range.prefix(), range.lamport(), lamport));
      }
    }
    seen.clear();
    votes.forEach(vote -> once("vote for pool range", seen, vote.range()));
  }

  private static void once(String what, Set<Prefix> seen, Prefix prefix) {
    if (!seen.add(prefix)) {
      throw new IllegalArgumentException(what + " " + prefix + " twice");
    }
  }
}
