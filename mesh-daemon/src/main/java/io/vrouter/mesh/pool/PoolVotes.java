package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Casts and counts votes for provisional claims. */
final class PoolVotes {
  private final PoolSituation now;
  private final Map<NodeId, PoolPeer> peers = new HashMap<>();

  PoolVotes(PoolSituation now) {
    this.now = now;
    now.others().forEach(peer -> peers.put(peer.id(), peer));
  }

  /**
   * Whether a majority of its electors voted for a claim of this host, at least one of them another
   * host.
   */
  boolean majority(PoolRange range) {
    PoolVote wanted = new PoolVote(range.prefix(), now.self(), range.lamport());
    Set<NodeId> electors = Electors.of(range.prefix(), now.electorate());
    int votes = 0;
    for (NodeId elector : electors) {
      PoolPeer peer = peers.get(elector);
      if (peer != null && peer.share().votes().contains(wanted)) {
        votes++;
      }
    }
    int own = electors.contains(now.self()) ? 1 : 0;
    return votes > 0 && 2 * (votes + own) > electors.size();
  }

  /** Whether enough electors answer to acknowledge a claim to the range. */
  static boolean decidable(Prefix range, Set<NodeId> electorate, Set<NodeId> alive) {
    Set<NodeId> electors = Electors.of(range, electorate);
    long answering = electors.stream().filter(alive::contains).count();
    return alive.size() > 1 && 2 * answering > electors.size();
  }

  /**
   * The votes of this host.
   *
   * @param open published in the record
   * @param kept no longer published, still binding
   */
  record Ballot(List<PoolVote> open, List<PoolVote> kept) {}

  /**
   * The votes of this host. A vote stays while its claim may stand. A range that is only
   * provisionally claimed gets a vote if this host is one of its electors and has none for it.
   *
   * @param held the ranges that this host claims, each its vote for itself
   * @param claims the claims of the other hosts
   */
  Ballot cast(List<PoolRange> held, List<PoolClaim> claims) {
    Map<Prefix, PoolVote> open = new TreeMap<>();
    Map<Prefix, PoolVote> kept = new TreeMap<>();
    Set<Prefix> decided = new HashSet<>();
    for (PoolVote vote : now.mine().kept()) {
      keep(vote, true, open, kept);
    }
    for (PoolVote vote : now.mine().share().votes()) {
      keep(vote, false, open, kept);
    }
    held.forEach(range -> decided.add(range.prefix()));
    decided.addAll(open.keySet());
    decided.addAll(kept.keySet());
    claims.stream()
        .filter(claim -> claim.range().acknowledged())
        .forEach(claim -> decided.add(claim.range().prefix()));
    List<PoolClaim> undecided =
        claims.stream()
            .filter(claim -> !decided.contains(claim.range().prefix()))
            .sorted(PoolClaim.PRECEDENCE)
            .toList();
    Set<NodeId> electorate = undecided.isEmpty() ? Set.of() : now.electorate();
    for (PoolClaim claim : undecided) {
      Prefix range = claim.range().prefix();
      if (open.size() < PoolShare.MAX_VOTES
          && open.size() + kept.size() < PoolState.MAX_KEPT
          && decided.add(range)
          && Electors.of(range, electorate).contains(now.self())) {
        open.put(range, new PoolVote(range, claim.id(), claim.range().lamport()));
      }
    }
    return new Ballot(new ArrayList<>(open.values()), new ArrayList<>(kept.values()));
  }

  private void keep(
      PoolVote vote, boolean keptBefore, Map<Prefix, PoolVote> open, Map<Prefix, PoolVote> kept) {
    if (now.forgotten().contains(vote.candidate())) {
      return;
    }
    boolean acknowledged = keptBefore;
    PoolPeer candidate = peers.get(vote.candidate());
    // A record older than the claim proves nothing: a restarted host receives old records.
    if (candidate != null && candidate.share().lamport() >= vote.lamport()) {
      Optional<PoolRange> claim = claim(candidate, vote);
      if (claim.isEmpty()) {
        return;
      }
      acknowledged = claim.get().acknowledged();
    }
    boolean full = open.size() >= PoolShare.MAX_VOTES;
    (acknowledged || full ? kept : open).put(vote.range(), vote);
  }

  private static Optional<PoolRange> claim(PoolPeer candidate, PoolVote vote) {
    return candidate.standing() == PoolPeer.VoterState.DEPARTED
        ? Optional.empty()
        : candidate.share().ranges().stream()
            .filter(range -> range.prefix().equals(vote.range()))
            .filter(range -> range.lamport() == vote.lamport())
            .findFirst();
  }
}
