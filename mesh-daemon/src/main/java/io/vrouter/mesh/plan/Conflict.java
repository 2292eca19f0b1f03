package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Vni;

/**
 * Two hosts claim the same prefix or address; every host that knows both claims names the same
 * winner.
 */
public record Conflict(ClaimKind kind, Vni vni, Claimer winner, Claimer loser) {
  /** The kind of claimed object. */
  public enum ClaimKind {
    /** Container subnets that overlap. */
    PREFIX,
    /** The same overlay address. */
    OVERLAY
  }

  /**
   * One of the two claimers.
   *
   * @param claimed the prefix or address
   */
  public record Claimer(NodeId id, String node, String claimed, long lamport) {}

  @Override
  public String toString() {
    return "%s of %s (%s) loses to %s of %s (%s) in VNI %s"
        .formatted(
            loser.claimed,
            loser.node,
            loser.id.abbreviated(),
            winner.claimed,
            winner.node,
            winner.id.abbreviated(),
            vni);
  }
}
