package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Decides what this host claims: keeps what it holds, gives up what another holds, takes more when
 * subnets run short. Deciding again on the outcome changes nothing.
 */
public final class PoolRanges {
  /** Free subnets below which another range is claimed. */
  static final int RESERVE = 16;

  private static final int HASHED = 64;

  private PoolRanges() {}

  /**
   * The outcome.
   *
   * @param state to be kept, and its ranges told in this host's record
   * @param conflicts what this host uses of other hosts' ranges, by prefix
   * @param problems for {@code status}
   */
  public record Outcome(PoolState state, List<PoolConflict> conflicts, List<Problem> problems) {
    public Outcome {
      conflicts = List.copyOf(conflicts);
      problems = List.copyOf(problems);
    }
  }

  /** Decides. */
  public static Outcome settle(PoolSituation now) {
    List<PoolClaim> claims = new ArrayList<>();
    for (PoolPeer peer : now.others()) {
      peer.ranges().forEach(range -> claims.add(new PoolClaim(peer.id(), peer.node(), range)));
    }
    Map<Prefix, PoolClaim> holders = holders(claims);
    long highest =
        Stream.concat(claims.stream().map(PoolClaim::range), now.mine().ranges().stream())
            .mapToLong(PoolRange::lamport)
            .reduce(now.mine().highestLamport(), Math::max);

    List<PoolRange> held = new ArrayList<>();
    for (PoolRange range : now.mine().ranges()) {
      if (holds(now, range, holders)) {
        held.add(PoolVotes.majority(now, range) ? range.acknowledge() : range);
      }
    }
    Map<String, Prefix> named = new TreeMap<>(now.mine().named());
    named.values().removeIf(prefix -> !covered(prefix, held) && !now.used().containsKey(prefix));

    List<Problem> problems = new ArrayList<>();
    long lamport = highest;
    while (free(held, now.used().keySet(), named) < RESERVE && held.size() < PoolState.MAX_RANGES) {
      Optional<Prefix> next = candidate(now, held, holders.keySet());
      if (next.isEmpty()) {
        problems.add(full(now.pool()));
        break;
      }
      lamport = Math.min(highest + 1, PoolRange.MAX_LAMPORT);
      held.add(new PoolRange(next.get(), lamport, false));
    }
    List<PoolConflict> conflicts = conflicts(now.used(), held, holders);
    conflicts.forEach(conflict -> problems.add(conflict.problem()));
    return new Outcome(
        new PoolState(held, named, PoolVotes.cast(now.mine(), held, claims), lamport),
        conflicts,
        problems);
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
    // Another --pool was configured: what is used stays claimed until it isn't any more.
    return now.pool().contains(range.prefix())
        || now.used().keySet().stream().anyMatch(range.prefix()::overlaps);
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

  private static Optional<Prefix> candidate(
      PoolSituation now, List<PoolRange> held, Set<Prefix> claimed) {
    long count = Subnets.count(now.pool(), PoolRange.LENGTH);
    Set<Prefix> own = new TreeSet<>();
    held.forEach(range -> own.add(range.prefix()));
    long index = 0;
    for (int attempt = 0; attempt < HASHED; attempt++) {
      index = hash(now.self(), attempt, count);
      Prefix candidate = Subnets.at(now.pool(), PoolRange.LENGTH, index);
      if (isFree(candidate, own, claimed, now.avoid())) {
        return Optional.of(candidate);
      }
    }
    for (long step = 1; step < count; step++) {
      Prefix candidate = Subnets.at(now.pool(), PoolRange.LENGTH, (index + step) % count);
      if (isFree(candidate, own, claimed, now.avoid())) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean isFree(
      Prefix candidate, Set<Prefix> own, Set<Prefix> claimed, Set<Prefix> avoid) {
    return !own.contains(candidate)
        && !claimed.contains(candidate)
        && !Subnets.overlaps(candidate, avoid);
  }

  private static long hash(NodeId self, int attempt, long count) {
    byte[] seed =
        ByteBuffer.allocate(NodeId.BYTES + 8)
            .put(self.toBytes())
            .put("pool".getBytes(StandardCharsets.US_ASCII))
            .putInt(attempt)
            .array();
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(seed);
      return Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), count);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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
        "the pool %s has no free range of /%d left".formatted(pool, PoolRange.LENGTH),
        "give every host a larger --pool, or let hosts that are gone be forgotten: meshctl forget"
            + " NODE");
  }
}
