package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.pool.PoolConflict;
import io.vrouter.mesh.pool.PoolState;
import java.util.List;

/**
 * This host's part in the pool of subnets.
 *
 * @param wanted whether it was asked to claim
 * @param settled whether the others' claims are known, or nobody was heard in time
 * @param state what it holds
 * @param conflicts what its engine uses of other hosts' ranges
 */
public record PoolView(
    Prefix pool, boolean wanted, boolean settled, PoolState state, List<PoolConflict> conflicts) {
  public PoolView {
    conflicts = List.copyOf(conflicts);
  }
}
