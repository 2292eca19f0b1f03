package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;

/**
 * A subnet that this host's engine uses inside a range that another host holds: the engine of the
 * other host may assign it, too.
 *
 * @param network Docker's name of the network
 * @param holder the claim that holds the range
 */
public record PoolConflict(Prefix subnet, String network, PoolClaim holder) {
  /** The conflict as a problem, with its fix. */
  public Problem problem() {
    return new Problem(
        "pool-conflict",
        "Docker network '%s' uses %s, which is in the pool range %s of host %s"
            .formatted(network, subnet, holder.range().prefix(), holder.node()),
        "create it again from this host's own range: meshctl docker-pools --apply, restart the"
            + " engine, then docker compose down and docker compose up -d for its stack");
  }
}
