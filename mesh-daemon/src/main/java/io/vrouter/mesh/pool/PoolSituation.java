package io.vrouter.mesh.pool;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolVote;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The input that determines the claims of a host.
 *
 * @param pool the prefix that ranges are taken from: IPv4, /8 to /18
 * @param wanted whether this host claims ranges: otherwise it keeps its ranges and votes
 * @param recordsSeen whether another host's record arrived, or the wait for one ended: before,
 *     nothing is claimed
 * @param settled whether the first exchange with another host is done: before, nothing is
 *     acknowledged, since the electors follow from the known members
 * @param mine the share and the votes of this host so far
 * @param others all other known hosts, failed and departed ones included; a host with an unreadable
 *     record has no share
 * @param forgotten hosts that were known and no longer are
 * @param engine the subnets of this host's engine
 * @param avoid prefixes that no range may overlap: routes here, overlay subnets, prefixes that
 *     members advertise outside their ranges
 * @param covered prefixes of this host's routes that are shorter than a range: a range inside of
 *     one works, a range outside is better
 * @param newcomers hosts known for too short a time to be electors, while enough others are:
 *     made-up identities elect nobody
 * @param signatures checks electors' signatures
 */
public record PoolSituation(
    NodeId self,
    Prefix pool,
    boolean wanted,
    boolean recordsSeen,
    boolean settled,
    PoolState mine,
    List<PoolPeer> others,
    Set<NodeId> forgotten,
    EngineSubnets engine,
    Set<Prefix> avoid,
    Set<Prefix> covered,
    Set<NodeId> newcomers,
    Signatures signatures) {
  private static final int SHORTEST = 8;

  /** Fewer hosts than this, and newcomers are electors, too: a new mesh has nothing else. */
  static final int ENOUGH = 3;

  /** Checks signatures. */
  public interface Signatures {
    /** Whether the elector, a known member, signed the vote. */
    boolean valid(NodeId elector, PoolVote vote, Bytes signature);
  }

  /**
   * The subnets of this host's Docker engine.
   *
   * @param known whether the engine returned them; before, the absence of a subnet proves nothing
   * @param used all its subnets, each with its network's name
   */
  public record EngineSubnets(boolean known, Map<Prefix, String> used) {
    public EngineSubnets {
      used = Map.copyOf(used);
    }
  }

  public PoolSituation {
    check(pool);
    others = others.stream().filter(peer -> !peer.id().equals(self)).toList();
    forgotten = Set.copyOf(forgotten);
    avoid = Set.copyOf(avoid);
    covered = Set.copyOf(covered);
    newcomers = Set.copyOf(newcomers);
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

  /** The hosts that may be electors: all that haven't left, without newcomers. */
  Set<NodeId> electorate() {
    Set<NodeId> all = ids(peer -> peer.standing() != PoolPeer.VoterState.DEPARTED);
    Set<NodeId> known = new HashSet<>(all);
    known.removeAll(newcomers);
    return known.size() < ENOUGH ? all : known;
  }

  /** The hosts of {@link #electorate} that answer. */
  Set<NodeId> alive() {
    return ids(peer -> peer.standing() == PoolPeer.VoterState.ALIVE);
  }

  private Set<NodeId> ids(Predicate<PoolPeer> which) {
    Set<NodeId> ids = new HashSet<>();
    ids.add(self);
    others.stream().filter(which).forEach(peer -> ids.add(peer.id()));
    return ids;
  }
}
