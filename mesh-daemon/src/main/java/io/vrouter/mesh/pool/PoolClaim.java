package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.record.PoolRange;
import java.util.Comparator;

/**
 * A host's claim to a range.
 *
 * @param node its name, for messages
 */
public record PoolClaim(NodeId id, String node, PoolRange range) {
  /** Grant order: acknowledged before provisional, lower Lamport number, lower node id. */
  static final Comparator<PoolClaim> PRECEDENCE =
      Comparator.comparing((PoolClaim claim) -> !claim.range().acknowledged())
          .thenComparingLong(claim -> claim.range().lamport())
          .thenComparing(PoolClaim::id);
}
