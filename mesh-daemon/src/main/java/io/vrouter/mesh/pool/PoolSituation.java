package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * All that the claims of a host follow from.
 *
 * @param pool where ranges are taken from: IPv4, /8 to /18
 * @param wanted whether this host shall claim: else it keeps what it holds and votes
 * @param heard whether others were heard, or nobody was in time: before, nothing is claimed
 * @param settled whether the first exchange with another host is done: before, nothing is
 *     acknowledged, since the electors follow from the members known
 * @param mine what is claimed so far
 * @param others everybody else who is known, failed and departed ones too; one whose record can't
 *     be read has no share
 * @param forgotten who was known and isn't any more
 * @param engine the subnets of this host's engine
 * @param avoid what no range may overlap: routes here, overlay subnets, prefixes that members
 *     advertise outside their ranges
 * @param covered what routes of this host cover that are shorter than a range: a range there works,
 *     one elsewhere is better
 */
public record PoolSituation(
    NodeId self,
    Prefix pool,
    boolean wanted,
    boolean heard,
    boolean settled,
    PoolState mine,
    List<PoolPeer> others,
    Set<NodeId> forgotten,
    Engine engine,
    Set<Prefix> avoid,
    Set<Prefix> covered) {
  /** Where no aggregate is routed. */
  public PoolSituation(
      NodeId self,
      Prefix pool,
      boolean wanted,
      boolean heard,
      boolean settled,
      PoolState mine,
      List<PoolPeer> others,
      Set<NodeId> forgotten,
      Engine engine,
      Set<Prefix> avoid) {
    this(self, pool, wanted, heard, settled, mine, others, forgotten, engine, avoid, Set.of());
  }

  private static final int SHORTEST = 8;

  /**
   * What this host's Docker engine uses.
   *
   * @param known whether it was asked; before, nothing may be concluded from what isn't there
   * @param used all its subnets, each with its network's name
   */
  public record Engine(boolean known, Map<Prefix, String> used) {
    public Engine {
      used = Map.copyOf(used);
    }
  }

  public PoolSituation {
    check(pool);
    others = others.stream().filter(peer -> !peer.id().equals(self)).toList();
    forgotten = Set.copyOf(forgotten);
    avoid = Set.copyOf(avoid);
    covered = Set.copyOf(covered);
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

  /** Who may be an elector: all that haven't left, this host included. */
  Set<NodeId> electorate() {
    return ids(peer -> peer.standing() != PoolPeer.Standing.DEPARTED);
  }

  /** Who of them answers. */
  Set<NodeId> alive() {
    return ids(peer -> peer.standing() == PoolPeer.Standing.ALIVE);
  }

  private Set<NodeId> ids(Predicate<PoolPeer> which) {
    Set<NodeId> ids = new HashSet<>();
    ids.add(self);
    others.stream().filter(which).forEach(peer -> ids.add(peer.id()));
    return ids;
  }
}
