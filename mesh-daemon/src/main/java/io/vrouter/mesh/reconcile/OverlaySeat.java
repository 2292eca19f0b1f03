package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.ForeignRoutes;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.OverlayChoice;
import io.vrouter.mesh.plan.OwnClaims;
import io.vrouter.mesh.plan.RemoteHost;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this host's overlay addresses are, when no subnet was configured: see {@link
 * OverlayChoice}. What this host reached once stays out of the choice until the daemon ends, so
 * that a VPN that comes and goes moves the mesh once.
 */
final class OverlaySeat {
  private static final Logger LOG = LoggerFactory.getLogger(OverlaySeat.class);

  private int blocked;
  private @Nullable Integer chosen;

  /**
   * The same state with the subnets chosen.
   *
   * @param settled whether the members' records are known; before, an address of an earlier run
   *     stays where it can
   */
  LocalState choose(
      LocalState given,
      OwnClaims own,
      Collection<RemoteHost> peers,
      ForeignRoutes surroundings,
      boolean settled) {
    Vni base = given.options().floating();
    if (base == null) {
      chosen = null;
      return given;
    }
    blocked |= OverlayChoice.blocked(given, surroundings);
    int before =
        chosen != null
            ? chosen
            : own.overlay(base).map(it -> OverlayChoice.of(it.address(), base, base)).orElse(-1);
    boolean stays = !settled && before >= 0 && (blocked & 1 << before) == 0;
    int next = stays ? before : OverlayChoice.choose(blocked, peers, base);
    if (before >= 0 && next != before) {
      LOG.info(
          "overlay addresses move from {} to {}: a member reaches the former past the mesh, or no"
              + " longer does",
          OverlayChoice.candidate(before),
          OverlayChoice.candidate(next));
    }
    chosen = next;
    return given.withOverlaySubnets(OverlayChoice.candidate(next));
  }

  /** For this host's record; null when the subnet is configured. */
  @Nullable Integer blocked() {
    return chosen == null ? null : Integer.valueOf(blocked);
  }
}
