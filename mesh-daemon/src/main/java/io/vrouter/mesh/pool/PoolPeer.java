package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.record.PoolShare;

/**
 * Another host and what its record says of the pool.
 *
 * @param node its name, for messages
 * @param standing what is believed of it
 */
public record PoolPeer(NodeId id, String node, Standing standing, PoolShare share) {
  /** What counts of a host. */
  public enum Standing {
    /** It may be an elector, and answers. */
    ALIVE,
    /** It may be an elector; its claims hold and its votes count, but it doesn't answer now. */
    SILENT,
    /** It has left: its claims are void. */
    DEPARTED
  }
}
