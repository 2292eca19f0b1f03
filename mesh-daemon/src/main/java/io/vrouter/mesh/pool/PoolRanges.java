package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides the claims of this host: it keeps the ranges it holds, gives up those that another host
 * holds, and claims more when free subnets run short. Idempotent: deciding again on the outcome
 * changes nothing.
 */
public final class PoolRanges {
  /** Another range is claimed when fewer subnets than this are free. */
  static final int RESERVE = 16;

  /** Most claims that a mesh makes between two states of one host. */
  static final long MAX_STEP = 1L << 20;

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
    PoolVotes votes = new PoolVotes(now);
    List<PoolClaim> claims = new ArrayList<>();
    for (PoolPeer peer : now.others()) {
      if (peer.standing() != PoolPeer.VoterState.DEPARTED) {
        peer.share().ranges().forEach(range -> claims.add(claim(peer, range, votes)));
      }
    }
    Map<Prefix, PoolClaim> holders = holders(claims);
    List<Problem> problems = new ArrayList<>();
    List<PoolRange> held = new ArrayList<>();
    for (PoolRange before : now.mine().ranges()) {
      PoolRange range = now.settled() ? votes.collected(before) : before;
      boolean proven = now.settled() && votes.proven(now.self(), range);
      PoolClaim rival = holders.get(range.prefix());
      if (proven && rival != null && rival.range().acknowledged()) {
        problems.add(twice(rival, votes.signedBoth(range, rival)));
        rival = null;
      }
      if (holds(now, range, rival)) {
        held.add(range.acknowledged(range.acknowledged() || proven));
      }
    }
    PoolVotes.Ballot ballot = votes.cast(held, claims);
    Set<Prefix> used = now.engine().used().keySet();
    Map<String, Prefix> named = new TreeMap<>(now.mine().named());
    named
        .values()
        .removeIf(
            prefix -> now.engine().known() && !covered(prefix, held) && !used.contains(prefix));

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

  /** A claim as this host sees it: the claimer's own word for its acknowledgement is no proof. */
  private static PoolClaim claim(PoolPeer peer, PoolRange range, PoolVotes votes) {
    return new PoolClaim(
        peer.id(), peer.node(), range.acknowledged(votes.proven(peer.id(), range)));
  }

  /**
   * The highest known Lamport number. The hosts' numbers are followed upwards from the middle one
   * as long as no step is too large, so that few hosts can't pull the others along.
   */
  private static long highest(PoolSituation now) {
    List<Long> numbers = new ArrayList<>();
    numbers.add(now.mine().share().lamport());
    now.others().forEach(peer -> numbers.add(peer.share().lamport()));
    numbers.sort(null);
    long highest = numbers.get((numbers.size() - 1) / 2);
    for (long number : numbers) {
      if (number > highest && number - highest <= MAX_STEP) {
        highest = number;
      }
    }
    return Math.max(highest, now.mine().share().lamport());
  }

  private static Problem twice(PoolClaim rival, Set<NodeId> liars) {
    return Problem.warning(
        "pool-range-twice",
        "the pool range %s of this host is claimed by %s (%s), too, with its electors' signatures: %s"
            .formatted(
                rival.range().prefix(),
                rival.node(),
                rival.id().abbreviated(),
                liars.isEmpty()
                    ? "other electors than signed this host's"
                    : liars.stream()
                        .map(NodeId::abbreviated)
                        .sorted()
                        .collect(Collectors.joining(", ", "", " signed both"))),
        "this host keeps its range; look at the hosts that signed both, one of them lies or runs"
            + " from a copy of an old state directory");
  }

  private static Map<Prefix, PoolClaim> holders(List<PoolClaim> claims) {
    Map<Prefix, PoolClaim> holders = new HashMap<>();
    for (PoolClaim claim : claims) {
      holders.merge(
          claim.range().prefix(), claim, (a, b) -> PoolClaim.PRECEDENCE.compare(a, b) <= 0 ? a : b);
    }
    return holders;
  }

  private static boolean holds(PoolSituation now, PoolRange range, @Nullable PoolClaim rival) {
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
