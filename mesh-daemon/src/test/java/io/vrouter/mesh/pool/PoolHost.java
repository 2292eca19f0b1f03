package io.vrouter.mesh.pool;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolSeal;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A host that settles its ranges, in a situation that a test may change; and what peers say. */
final class PoolHost {
  static final Prefix POOL = Prefix.parse("10.128.0.0/10");
  static final NodeId SELF = new NodeId(0, 5);
  static final NodeId LOWER = new NodeId(0, 1);
  static final NodeId HIGHER = new NodeId(0, 9);
  static final Bytes SIGNED = Bytes.of(new byte[64]);

  boolean wanted = true;
  boolean heard = true;
  boolean settled = true;
  boolean engineKnown = true;
  Prefix pool = POOL;
  Set<NodeId> forgotten = Set.of();
  Set<Prefix> avoid = Set.of();
  Set<NodeId> newcomers = Set.of();
  final Map<Prefix, String> used = new TreeMap<>();

  PoolRanges.PoolDecision settle(PoolState mine, PoolPeer... others) {
    return PoolRanges.settle(situation(SELF, mine, List.of(others)));
  }

  /** Whose signatures are not valid; all others' are. */
  Set<NodeId> forgers = Set.of();

  PoolSituation situation(NodeId self, PoolState mine, List<PoolPeer> others) {
    return new PoolSituation(
        self,
        pool,
        wanted,
        heard,
        settled,
        mine,
        others,
        forgotten,
        new PoolSituation.EngineSubnets(engineKnown, used),
        avoid,
        Set.of(),
        newcomers,
        (elector, vote, signature) -> !forgers.contains(elector) && signature.equals(SIGNED));
  }

  /** A claim with the signatures of electors. */
  static PoolRange signed(PoolRange range, NodeId... electors) {
    return range.with(
        List.of(electors).stream().map(elector -> new PoolSeal(elector, SIGNED)).toList());
  }

  static PoolState held(PoolRange range) {
    return new PoolState(
        new PoolShare(List.of(range), List.of(), range.lamport()), Map.of(), List.of());
  }

  static PoolPeer claims(NodeId id, PoolRange... ranges) {
    long lamport = List.of(ranges).stream().mapToLong(PoolRange::lamport).max().orElse(0);
    return new PoolPeer(
        id,
        "n" + id.low(),
        PoolPeer.VoterState.ALIVE,
        new PoolShare(List.of(ranges), List.of(), lamport));
  }

  static PoolPeer claims(NodeId id, long lamport, Prefix range) {
    return claims(id, signed(new PoolRange(range, lamport, true), SELF));
  }

  static PoolPeer told(NodeId id, long lamport) {
    return new PoolPeer(
        id,
        "n" + id.low(),
        PoolPeer.VoterState.ALIVE,
        new PoolShare(List.of(), List.of(), lamport));
  }

  static PoolPeer votes(NodeId id, PoolRange range) {
    return new PoolPeer(
        id,
        "n" + id.low(),
        PoolPeer.VoterState.ALIVE,
        new PoolShare(List.of(), List.of(PoolVote.of(SELF, range).with(SIGNED)), 0));
  }
}
