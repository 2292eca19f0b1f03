package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolSeal;
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
  /** Most votes in one record: each is some 120 bytes of a record. */
  static final int MAX_OPEN = 24;

  private final PoolSituation now;
  private final Set<NodeId> electorate;
  private final Map<NodeId, PoolPeer> peers = new HashMap<>();

  PoolVotes(PoolSituation now) {
    this.now = now;
    electorate = now.electorate();
    now.others().forEach(peer -> peers.put(peer.id(), peer));
  }

  /**
   * Whether the signatures that a claim carries are those of a majority of its electors, at least
   * one of them another host than the claimer, which counts as its own elector unsigned.
   */
  boolean proven(NodeId candidate, PoolRange range) {
    Set<NodeId> electors = Electors.of(range.prefix(), electorate);
    int own = electors.contains(candidate) ? 1 : 0;
    if (2 * (range.seals().size() + own) <= electors.size()) {
      return false;
    }
    Set<NodeId> signed = signed(candidate, range, electors);
    return !signed.isEmpty() && 2 * (signed.size() + own) > electors.size();
  }

  private Set<NodeId> signed(NodeId candidate, PoolRange range, Set<NodeId> electors) {
    PoolVote vote = PoolVote.of(candidate, range);
    Set<NodeId> signed = new HashSet<>();
    for (PoolSeal seal : range.seals()) {
      if (!seal.elector().equals(candidate)
          && electors.contains(seal.elector())
          && now.signatures().valid(seal.elector(), vote, seal.signature())) {
        signed.add(seal.elector());
      }
    }
    return signed;
  }

  /** The electors that signed both claims, which no honest elector does while both stand. */
  Set<NodeId> signedBoth(PoolRange mine, PoolClaim rival) {
    Set<NodeId> electors = Electors.of(mine.prefix(), electorate);
    Set<NodeId> both = signed(now.self(), mine, electors);
    both.retainAll(signed(rival.id(), rival.range(), electors));
    return both;
  }

  /**
   * A claim of this host with the signatures of its electors' votes added. Those of former electors
   * go when there is no room for all.
   */
  PoolRange collected(PoolRange range) {
    PoolVote wanted = PoolVote.of(now.self(), range);
    Set<NodeId> electors = Electors.of(range.prefix(), electorate);
    Map<NodeId, PoolSeal> seals = new TreeMap<>();
    range.seals().forEach(seal -> seals.put(seal.elector(), seal));
    for (NodeId elector : electors) {
      PoolPeer peer = peers.get(elector);
      if (peer != null && !seals.containsKey(elector)) {
        peer.share().votes().stream()
            .filter(wanted::sameClaim)
            .filter(vote -> now.signatures().valid(elector, wanted, vote.signature()))
            .forEach(vote -> seals.put(elector, new PoolSeal(elector, vote.signature())));
      }
    }
    if (seals.size() > PoolRange.MAX_SEALS) {
      seals.keySet().retainAll(electors);
    }
    return range.with(List.copyOf(seals.values()));
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
    for (PoolClaim claim : undecided) {
      Prefix range = claim.range().prefix();
      if (open.size() < MAX_OPEN
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
      acknowledged = proven(vote.candidate(), claim.get());
    }
    boolean full = open.size() >= MAX_OPEN;
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
