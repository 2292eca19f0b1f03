package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.pool.PoolConflict;
import io.vrouter.mesh.pool.PoolState;
import java.util.List;

/**
 * This host's part in the pool of subnets.
 *
 * @param wanted whether a claim was requested
 * @param settled whether the other hosts' claims are known, or no host answered in time
 * @param state its ranges and votes
 * @param conflicts networks of its engine in other hosts' ranges
 */
public record PoolView(
    Prefix pool, boolean wanted, boolean settled, PoolState state, List<PoolConflict> conflicts) {
  public PoolView {
    conflicts = List.copyOf(conflicts);
  }
}
