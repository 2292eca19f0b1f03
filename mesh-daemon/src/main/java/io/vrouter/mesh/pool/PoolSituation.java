package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that the claims of a host follow from.
 *
 * @param pool where ranges are taken from: IPv4, /8 to /18
 * @param mine what is claimed so far
 * @param others what all records known say, of failed members too; not of left ones
 * @param used the subnets of this host's engine, each with its network's name
 * @param avoid what no range may overlap: routes here, overlay subnets, prefixes that members
 *     advertise outside their ranges
 */
public record PoolSituation(
    NodeId self,
    Prefix pool,
    PoolState mine,
    List<PoolPeer> others,
    Map<Prefix, String> used,
    Set<Prefix> avoid) {
  private static final int SHORTEST = 8;

  public PoolSituation {
    check(pool);
    others = others.stream().filter(peer -> !peer.id().equals(self)).toList();
    used = Map.copyOf(used);
    avoid = Set.copyOf(avoid);
  }

  /**
   * Checks {@code --pool}.
   *
   * @throws IllegalArgumentException naming the value and what is allowed
   */
  public static Prefix check(Prefix pool) {
    if (!pool.isIpv4() || pool.length() < SHORTEST || pool.length() > PoolRange.LENGTH) {
      throw new IllegalArgumentException(
          "'%s' is not a pool: an IPv4 prefix from /%d to /%d"
              .formatted(pool, SHORTEST, PoolRange.LENGTH));
    }
    return pool;
  }
}
