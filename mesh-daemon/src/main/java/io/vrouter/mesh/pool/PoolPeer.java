package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.record.PoolShare;

/**
 * Another host and its share of the pool, from its record.
 *
 * @param node its name, for messages
 * @param standing its membership state, as far as the pool depends on it
 */
public record PoolPeer(NodeId id, String node, VoterState standing, PoolShare share) {
  /** The state of a host, as far as the pool depends on it. */
  public enum VoterState {
    /** The host may be an elector and can vote now. */
    ALIVE,
    /**
     * The host may be an elector. Its claims hold and its votes count, but it casts no vote now.
     */
    SILENT,
    /** The host has left: its claims are void. */
    DEPARTED
  }
}
