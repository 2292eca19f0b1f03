package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import java.util.List;

/**
 * What another host's record says of the pool.
 *
 * @param node its name, for messages
 */
public record PoolPeer(NodeId id, String node, List<PoolRange> ranges, List<PoolVote> votes) {
  public PoolPeer {
    ranges = List.copyOf(ranges);
    votes = List.copyOf(votes);
  }
}
