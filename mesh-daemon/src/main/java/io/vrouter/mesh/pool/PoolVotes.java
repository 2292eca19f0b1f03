package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Prefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Casting and counting votes for provisional claims. */
final class PoolVotes {
  private PoolVotes() {}

  /** Whether a claim of this host has the votes of a majority, its own included. */
  static boolean majority(PoolSituation now, PoolRange range) {
    PoolVote wanted = new PoolVote(range.prefix(), now.self(), range.lamport());
    long votes = now.others().stream().filter(peer -> peer.votes().contains(wanted)).count();
    return votes > 0 && 2 * (votes + 1) > now.others().size() + 1;
  }

  /**
   * This host's votes: those it gave stay while the claim does, and each other range that is only
   * provisionally claimed gets one.
   *
   * @param held what this host claims itself, which is its vote for itself
   */
  static List<PoolVote> cast(PoolState mine, List<PoolRange> held, List<PoolClaim> claims) {
    Set<Prefix> decided = new HashSet<>();
    held.forEach(range -> decided.add(range.prefix()));
    claims.stream()
        .filter(claim -> claim.range().acknowledged())
        .forEach(claim -> decided.add(claim.range().prefix()));

    Map<Prefix, PoolVote> votes = new TreeMap<>();
    claims.stream()
        .filter(claim -> !decided.contains(claim.range().prefix()))
        .sorted(PoolClaim.PRECEDENCE)
        .forEach(
            claim -> {
              PoolVote vote =
                  new PoolVote(claim.range().prefix(), claim.id(), claim.range().lamport());
              if (mine.votes().contains(vote)) {
                votes.put(vote.range(), vote);
              } else {
                votes.putIfAbsent(vote.range(), vote);
              }
            });
    return new ArrayList<>(votes.values());
  }
}
