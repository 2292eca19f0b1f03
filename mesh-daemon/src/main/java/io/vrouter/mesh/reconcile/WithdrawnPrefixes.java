package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes that the mesh holds or held. Traffic of mesh containers to a withdrawn prefix must
 * not leak to the default gateway, but the prefix must open again.
 *
 * <p>A withdrawn prefix is held back for {@link #LEASE} of daemon time if it is private space and
 * its route was in force for {@link #IN_FORCE} before. Any other is held back for a {@link
 * #MOMENT}, in which packets of its last connections may be under way. The table holds as many
 * prefixes as a mesh, and per origin as many as one host may advertise; the most recent withdrawals
 * stay.
 */
final class WithdrawnPrefixes {
  /** How long a withdrawn prefix is held back, in daemon time. */
  static final Duration LEASE = Duration.ofHours(24);

  /** How long a route must have been in force for its prefix to be held back. */
  static final Duration IN_FORCE = Duration.ofSeconds(30);

  /** How long any other prefix is held back. */
  static final Duration MOMENT = Duration.ofSeconds(10);

  /** Most prefixes held back: as many as the mesh may hold. */
  static final int MAX = 4096;

  /** Most per origin: as many as its record may hold. */
  static final int MAX_OF_ORIGIN = 128;

  /** Granularity of saved daemon time: a restart loses less than this. */
  private static final long STEP_SECONDS = 600;

  /** A prefix that holds since, or was withdrawn at, a moment on the clock in nanoseconds. */
  private record HeldPrefix(
      @Nullable NodeId origin, @Nullable Vni vni, boolean held, boolean brief, long at) {
    Duration lease() {
      return brief ? MOMENT : LEASE;
    }

    boolean isOf(Holding holding) {
      return holding.id().equals(origin) && holding.vni().equals(vni);
    }
  }

  private final Map<Prefix, HeldPrefix> entries = new TreeMap<>();

  /**
   * Restores the saved prefixes. A prefix that held then counts as withdrawn now, until it holds
   * again.
   *
   * @param now on the clock of {@link #update}, in nanoseconds
   */
  WithdrawnPrefixes(Collection<KnownPrefix> saved, long now) {
    for (KnownPrefix known : saved) {
      long age = Math.max(0, known.withdrawnSeconds());
      if (known.kind() == Conflict.ClaimKind.PREFIX && known.prefix().isPrivate()) {
        entries.put(
            known.prefix(),
            new HeldPrefix(
                known.origin(),
                known.vni(),
                false,
                false,
                now - Duration.ofSeconds(age).toNanos()));
      }
    }
    bound();
  }

  /** The prefixes held back now. */
  Set<Prefix> withdrawn() {
    Set<Prefix> withdrawn = new HashSet<>();
    entries.forEach(
        (prefix, entry) -> {
          if (!entry.held()) {
            withdrawn.add(prefix);
          }
        });
    return withdrawn;
  }

  /** The prefixes held back now, and those that would be if withdrawn now. */
  Set<Prefix> all() {
    return Set.copyOf(entries.keySet());
  }

  private static boolean lasts(Prefix prefix, HeldPrefix entry, long now) {
    return prefix.isPrivate() && now - entry.at() >= IN_FORCE.toNanos();
  }

  /** The prefixes held back now, each with the seconds since its withdrawal. */
  List<KnownPrefix> list(long now) {
    return known(now).stream().filter(it -> it.withdrawnSeconds() != KnownPrefix.HELD).toList();
  }

  /** Releases a prefix; false when it isn't held back. */
  boolean forget(Prefix prefix) {
    HeldPrefix entry = entries.get(prefix);
    return entry != null && !entry.held() && entries.remove(prefix) != null;
  }

  /** Releases the prefixes whose time is over. */
  void expire(long now) {
    entries.values().removeIf(it -> !it.held() && now - it.at() >= it.lease().toNanos());
  }

  /** Records the claims whose paths work now. */
  void update(Set<Holding> inForce, long now) {
    Map<Prefix, Holding> holdings = new HashMap<>();
    for (Holding holding : inForce) {
      if (holding.kind() == Conflict.ClaimKind.PREFIX) {
        holdings.put(holding.prefix(), holding);
      }
    }
    for (Map.Entry<Prefix, HeldPrefix> known : new ArrayList<>(entries.entrySet())) {
      HeldPrefix entry = known.getValue();
      if (holdings.containsKey(known.getKey())) {
        continue;
      }
      if (entry.held()) {
        boolean brief = !lasts(known.getKey(), entry, now);
        entries.put(known.getKey(), new HeldPrefix(entry.origin(), entry.vni(), false, brief, now));
      }
    }
    holdings.forEach(
        (prefix, holding) -> {
          HeldPrefix entry = entries.get(prefix);
          if (entry == null || !entry.held()) {
            // A prefix held back for the lease was in force for long.
            long since = entry == null || entry.brief() ? now : now - IN_FORCE.toNanos();
            entries.put(prefix, new HeldPrefix(holding.id(), holding.vni(), true, false, since));
          } else if (!entry.isOf(holding)) {
            entries.put(
                prefix, new HeldPrefix(holding.id(), holding.vni(), true, false, entry.at()));
          }
        });
    expire(now);
    bound();
  }

  /** Drops the oldest withdrawals above the limits. */
  private void bound() {
    List<Map.Entry<Prefix, HeldPrefix>> newestFirst =
        new ArrayList<>(
            entries.entrySet().stream()
                .filter(entry -> !entry.getValue().held())
                .sorted(
                    Comparator.comparingLong(
                            (Map.Entry<Prefix, HeldPrefix> entry) -> entry.getValue().at())
                        .reversed())
                .toList());
    Map<Optional<NodeId>, Integer> ofOrigin = new HashMap<>();
    int all = 0;
    for (Map.Entry<Prefix, HeldPrefix> entry : newestFirst) {
      int before = ofOrigin.merge(Optional.ofNullable(entry.getValue().origin()), 1, Integer::sum);
      boolean nameless = entry.getValue().origin() == null;
      if (all == MAX || (before > MAX_OF_ORIGIN && !nameless)) {
        entries.remove(entry.getKey());
      } else {
        all++;
      }
    }
  }

  /** The state to save, by prefix; time alone changes it once per step. */
  List<KnownPrefix> saved(long now) {
    return known(now).stream()
        .filter(it -> it.prefix().isPrivate())
        .map(
            it ->
                it.withdrawnSeconds() == KnownPrefix.HELD
                    ? it
                    : new KnownPrefix(
                        it.prefix(),
                        it.origin(),
                        it.vni(),
                        it.withdrawnSeconds() / STEP_SECONDS * STEP_SECONDS))
        .toList();
  }

  private static boolean isNew(HeldPrefix entry, long now) {
    return entry.held() && now - entry.at() < StandingClaims.AGE.toNanos();
  }

  /** When the next brief withdrawal ends; empty for never. */
  Optional<Long> deadline() {
    return entries.values().stream()
        .filter(HeldPrefix::brief)
        .map(entry -> entry.at() + MOMENT.toNanos())
        .reduce((a, b) -> a - b < 0 ? a : b);
  }

  /** Without the prefixes advertised only briefly. */
  private List<KnownPrefix> known(long now) {
    List<KnownPrefix> known = new ArrayList<>();
    entries.forEach(
        (prefix, entry) -> {
          if (!entry.brief() && !isNew(entry, now)) {
            known.add(
                new KnownPrefix(
                    prefix,
                    entry.origin(),
                    entry.vni(),
                    entry.held()
                        ? KnownPrefix.HELD
                        : Math.max(0, Duration.ofNanos(now - entry.at()).toSeconds())));
          }
        });
    return known;
  }
}
