package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolVote;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Chooses the next range to claim: the first of a sequence that follows from the node id, so that
 * hosts without knowledge of each other rarely choose the same one. A range that can be
 * acknowledged now precedes one that can't.
 */
final class RangeChoice {
  private static final int HASHED = 64;

  private final PoolSituation now;
  private final Set<Prefix> taken;
  private final Set<Prefix> doubtful = new HashSet<>();

  /**
   * Prepares a choice.
   *
   * @param claimed ranges of other hosts
   * @param ballot this host's votes: it must not claim their ranges
   */
  RangeChoice(PoolSituation now, Set<Prefix> claimed, PoolVotes.Ballot ballot) {
    this.now = now;
    taken = new HashSet<>(claimed);
    ballot.open().forEach(vote -> taken.add(vote.range()));
    ballot.kept().forEach(vote -> taken.add(vote.range()));
    for (PoolPeer peer : now.others()) {
      // A host that left may return with its containers; a vote may be for a host not known yet.
      peer.share().ranges().forEach(range -> doubtful.add(range.prefix()));
      peer.share().votes().stream()
          .filter(vote -> !vote.candidate().equals(now.self()))
          .map(PoolVote::range)
          .forEach(doubtful::add);
    }
  }

  /** The range to claim beside those held; empty when there is none. */
  Optional<Prefix> next(List<PoolRange> held) {
    Set<Prefix> own = new HashSet<>();
    held.forEach(range -> own.add(range.prefix()));
    List<Prefix> free =
        sequence()
            .mapToObj(index -> Subnets.at(now.pool(), PoolRange.LENGTH, index))
            .distinct()
            .filter(range -> !own.contains(range) && !taken.contains(range))
            .filter(range -> !Subnets.overlaps(range, now.avoid()))
            .sorted(Comparator.comparing(range -> Subnets.overlaps(range, now.covered())))
            .toList();
    Set<NodeId> electorate = now.electorate();
    Set<NodeId> alive = now.alive();
    return free.stream()
        .filter(range -> !doubtful.contains(range))
        .filter(range -> PoolVotes.decidable(range, electorate, alive))
        .findFirst()
        .or(() -> free.stream().filter(range -> !doubtful.contains(range)).findFirst())
        .or(() -> free.stream().findFirst());
  }

  /** All indexes, those of the hash sequence first. */
  private LongStream sequence() {
    long count = Subnets.count(now.pool(), PoolRange.LENGTH);
    long last = hash(HASHED - 1, count);
    return LongStream.concat(
        LongStream.range(0, HASHED).map(attempt -> hash((int) attempt, count)),
        LongStream.range(1, count).map(step -> (last + step) % count));
  }

  private long hash(int attempt, long count) {
    byte[] seed =
        ByteBuffer.allocate(NodeId.BYTES + 8)
            .put(now.self().toBytes())
            .put("pool".getBytes(StandardCharsets.US_ASCII))
            .putInt(attempt)
            .array();
    return Long.remainderUnsigned(ByteBuffer.wrap(Sha256.of(seed)).getLong(), count);
  }
}
