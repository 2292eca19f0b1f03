package io.vrouter.mesh.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Settles competing claims: the lower (Lamport number, node id) wins on every host, in whatever
 * order the claims arrived.
 *
 * <p>A standing claim (its path works, or its origin returned with it after a partition) precedes
 * all others: the claimers choose the Lamport numbers themselves.
 *
 * <p>A claim loses only to a claim that holds: a claim that lost to a third displaces no others.
 */
final class Claims {
  private final Comparator<Claim> precedence;
  private final List<Conflict> conflicts = new ArrayList<>();

  private Claims(Set<Holding> standing) {
    precedence =
        Comparator.comparing((Claim claim) -> !standing.contains(claim.holding()))
            .thenComparing(Claim.PRECEDENCE);
  }

  /** The claims that hold, in order of precedence, and the conflicts of all others. */
  record Settled(List<Claim> held, List<Conflict> conflicts) {}

  /**
   * Settles claims of one kind. Overlap in one VNI is a conflict between two hosts; what holds in
   * its VNI may still clash with another VNI's, since a host in both has one routing table.
   *
   * @param standing claims that later ones don't displace
   */
  static Settled settle(Collection<Claim> claims, Set<Holding> standing) {
    return new Claims(standing).settled(claims);
  }

  /** Settles claims without a standing one. */
  static Settled settle(Collection<Claim> claims) {
    return settle(claims, Set.of());
  }

  private Settled settled(Collection<Claim> claims) {
    Map<Object, List<Claim>> byVni = new HashMap<>();
    for (Claim claim : claims) {
      byVni.computeIfAbsent(claim.vni(), key -> new ArrayList<>()).add(claim);
    }
    List<Claim> held = new ArrayList<>();
    for (List<Claim> inOne : byVni.values()) {
      settle(inOne, (a, b) -> !a.id().equals(b.id()), held);
    }
    List<Claim> heldHere = new ArrayList<>();
    settle(held, (a, b) -> !a.vni().equals(b.vni()), heldHere);
    conflicts.sort(Claims::compare);
    return new Settled(List.copyOf(heldHere), List.copyOf(conflicts));
  }

  private void settle(
      Collection<Claim> claims, BiPredicate<Claim, Claim> rivals, List<Claim> held) {
    List<Claim> ordered = new ArrayList<>(claims);
    ordered.sort(precedence);
    PrefixIndex<Claim> taken = new PrefixIndex<>();
    for (Claim claim : ordered) {
      Claim winner = firstRival(claim, taken, rivals);
      if (winner == null) {
        taken.add(claim.prefix(), claim);
        held.add(claim);
      } else {
        conflicts.add(new Conflict(claim.kind(), claim.vni(), winner.side(), claim.side()));
      }
    }
  }

  private @Nullable Claim firstRival(
      Claim claim, PrefixIndex<Claim> taken, BiPredicate<Claim, Claim> rivals) {
    List<Claim> found = new ArrayList<>();
    taken.overlapping(
        claim.prefix(),
        other -> {
          if (rivals.test(other, claim)) {
            found.add(other);
          }
        });
    return found.stream().min(precedence).orElse(null);
  }

  private static int compare(Conflict a, Conflict b) {
    int byVni = a.vni().compareTo(b.vni());
    int byClaimed = byVni != 0 ? byVni : a.loser().claimed().compareTo(b.loser().claimed());
    return byClaimed != 0 ? byClaimed : a.loser().id().compareTo(b.loser().id());
  }
}
