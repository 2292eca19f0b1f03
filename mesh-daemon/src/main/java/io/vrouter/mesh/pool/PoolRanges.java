package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Decides the claims of this host: it keeps the ranges it holds, gives up those that another host
 * holds, and claims more when free subnets run short. Idempotent: deciding again on the outcome
 * changes nothing.
 */
public final class PoolRanges {
  /** Another range is claimed when fewer subnets than this are free. */
  static final int RESERVE = 16;

  private PoolRanges() {}

  /**
   * The outcome.
   *
   * @param state to be saved; its ranges are published in this host's record
   * @param conflicts subnets that this host uses from other hosts' ranges, by prefix
   * @param problems for {@code status}
   */
  public record PoolDecision(
      PoolState state, List<PoolConflict> conflicts, List<Problem> problems) {
    public PoolDecision {
      conflicts = List.copyOf(conflicts);
      problems = List.copyOf(problems);
    }
  }

  /** Computes the outcome. */
  public static PoolDecision settle(PoolSituation now) {
    List<PoolClaim> claims = new ArrayList<>();
    for (PoolPeer peer : now.others()) {
      if (peer.standing() != PoolPeer.VoterState.DEPARTED) {
        peer.share()
            .ranges()
            .forEach(range -> claims.add(new PoolClaim(peer.id(), peer.node(), range)));
      }
    }
    Map<Prefix, PoolClaim> holders = holders(claims);
    PoolVotes votes = new PoolVotes(now);
    List<PoolRange> held = new ArrayList<>();
    for (PoolRange range : now.mine().ranges()) {
      if (holds(now, range, holders)) {
        boolean acknowledged = range.acknowledged() || (now.settled() && votes.majority(range));
        held.add(acknowledged ? range.acknowledge() : range);
      }
    }
    PoolVotes.Ballot ballot = votes.cast(held, claims);
    Set<Prefix> used = now.engine().used().keySet();
    Map<String, Prefix> named = new TreeMap<>(now.mine().named());
    named
        .values()
        .removeIf(
            prefix -> now.engine().known() && !covered(prefix, held) && !used.contains(prefix));

    List<Problem> problems = new ArrayList<>();
    long lamport = now.mine().share().lamport();
    RangeChoice choice = new RangeChoice(now, holders.keySet(), ballot);
    while (now.wanted()
        && now.recordsSeen()
        && held.size() < PoolShare.MAX_RANGES
        && free(held, used, named) < RESERVE) {
      Optional<Prefix> next = choice.next(held);
      if (next.isEmpty()) {
        problems.add(full(now.pool()));
        break;
      }
      lamport = Lamport.after(highest(now));
      held.add(new PoolRange(next.get(), lamport, false));
    }
    List<PoolConflict> conflicts =
        now.wanted() ? conflicts(now.engine().used(), held, holders) : List.of();
    conflicts.forEach(conflict -> problems.add(conflict.problem()));
    return new PoolDecision(
        new PoolState(new PoolShare(held, ballot.open(), lamport), named, ballot.kept()),
        conflicts,
        problems);
  }

  /** The highest known Lamport number. */
  private static long highest(PoolSituation now) {
    long highest = now.mine().share().lamport();
    for (PoolPeer peer : now.others()) {
      highest = Math.max(highest, peer.share().lamport());
      for (PoolVote vote : peer.share().votes()) {
        highest = Math.max(highest, vote.lamport());
      }
    }
    return highest;
  }

  private static Map<Prefix, PoolClaim> holders(List<PoolClaim> claims) {
    Map<Prefix, PoolClaim> holders = new HashMap<>();
    for (PoolClaim claim : claims) {
      holders.merge(
          claim.range().prefix(), claim, (a, b) -> PoolClaim.PRECEDENCE.compare(a, b) <= 0 ? a : b);
    }
    return holders;
  }

  private static boolean holds(PoolSituation now, PoolRange range, Map<Prefix, PoolClaim> holders) {
    PoolClaim rival = holders.get(range.prefix());
    if (rival != null
        && PoolClaim.PRECEDENCE.compare(rival, new PoolClaim(now.self(), "", range)) < 0) {
      return false;
    }
    // Another --pool was configured: a range in use stays claimed until nothing uses it.
    return now.pool().contains(range.prefix())
        || !now.engine().known()
        || now.engine().used().keySet().stream().anyMatch(range.prefix()::overlaps);
  }

  private static boolean covered(Prefix prefix, List<PoolRange> ranges) {
    return ranges.stream().anyMatch(range -> range.prefix().contains(prefix));
  }

  private static long free(List<PoolRange> held, Set<Prefix> used, Map<String, Prefix> named) {
    long free = 0;
    for (PoolRange range : held) {
      List<Prefix> taken =
          Stream.concat(used.stream(), named.values().stream())
              .filter(range.prefix()::overlaps)
              .toList();
      free += PoolSubnets.free(range, taken).count();
    }
    return free;
  }

  private static List<PoolConflict> conflicts(
      Map<Prefix, String> used, List<PoolRange> held, Map<Prefix, PoolClaim> holders) {
    List<PoolConflict> conflicts = new ArrayList<>();
    used.forEach(
        (subnet, network) ->
            holders.values().stream()
                .filter(claim -> claim.range().prefix().overlaps(subnet))
                .filter(
                    claim ->
                        held.stream()
                            .noneMatch(range -> range.prefix().equals(claim.range().prefix())))
                .min(Comparator.comparing(claim -> claim.range().prefix()))
                .ifPresent(claim -> conflicts.add(new PoolConflict(subnet, network, claim))));
    conflicts.sort(Comparator.comparing(PoolConflict::subnet));
    return conflicts;
  }

  private static Problem full(Prefix pool) {
    return new Problem(
        "pool-full",
        "the pool %s has no free range of /%d left that neither another host claims nor a route of"
                .formatted(pool, PoolRange.LENGTH)
            + " this host covers",
        "give every host another --pool that no route covers, or drop hosts that are gone with"
            + " meshctl forget NODE");
  }
}
