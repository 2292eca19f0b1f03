package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Claims whose paths have worked on this host for {@link #AGE}. A claim received later doesn't
 * displace them, whatever its Lamport number. Claims received within that time of each other are
 * settled by their numbers, alike on every host.
 */
final class StandingClaims {
  /** Longer than a record takes to all hosts. */
  static final Duration AGE = Duration.ofSeconds(3);

  /** How long the claims that stood in the last run are kept: the grace of a host that restarts. */
  static final Duration REMEMBERED = Duration.ofSeconds(60);

  private final Set<Holding> former = new HashSet<>();
  private final long formerUntil;
  private long updated;
  private final Map<Holding, Long> since = new HashMap<>();

  /**
   * Restores the claims that held in the last run.
   *
   * @param now on the clock of {@link #update}, in nanoseconds
   */
  StandingClaims(Collection<KnownPrefix> saved, long now) {
    for (KnownPrefix known : saved) {
      if (known.withdrawnSeconds() == KnownPrefix.HELD
          && known.origin() != null
          && known.vni() != null) {
        former.add(new Holding(known.kind(), known.origin(), known.vni(), known.prefix()));
      }
    }
    formerUntil = now + REMEMBERED.toNanos();
    updated = now;
  }

  /** Removes claims that were made anew: they stand again only after their paths have worked. */
  void renewed(Set<Holding> holdings) {
    since.keySet().removeAll(holdings);
    former.removeAll(holdings);
  }

  /**
   * Records the claims whose paths work now. One whose route is being written anew, because its
   * owner's overlay address moved, goes on standing: else a waiting rival would have it.
   *
   * @param held claims that hold, whether or not their paths work
   */
  void update(Set<Holding> inForce, Set<Holding> held, long now) {
    updated = now;
    since.keySet().removeIf(holding -> !inForce.contains(holding) && !held.contains(holding));
    inForce.forEach(holding -> since.putIfAbsent(holding, now));
    if (now - formerUntil >= 0) {
      former.clear();
    }
  }

  /** The claims that stand now. */
  Set<Holding> now(long now) {
    Set<Holding> standing = new HashSet<>(former);
    since.forEach(
        (holding, at) -> {
          if (now - at >= AGE.toNanos()) {
            standing.add(holding);
          }
        });
    return standing;
  }

  /** The overlay addresses that stand, by address, for the next run. */
  List<KnownPrefix> overlays(long now) {
    return now(now).stream()
        .filter(holding -> holding.kind() == Conflict.ClaimKind.OVERLAY)
        .map(it -> new KnownPrefix(it.kind(), it.prefix(), it.id(), it.vni(), KnownPrefix.HELD))
        .sorted(Comparator.comparing(KnownPrefix::prefix))
        .toList();
  }

  /** When the next claim begins to stand; empty for never. */
  Optional<Long> deadline() {
    return since.values().stream()
        .map(at -> at + AGE.toNanos())
        .filter(at -> at - updated > 0)
        .reduce((a, b) -> a - b < 0 ? a : b);
  }
}
