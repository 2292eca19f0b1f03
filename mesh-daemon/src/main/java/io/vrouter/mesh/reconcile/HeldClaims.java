package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.RouteState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * This host's memory of claims: the origins' former records, the paths that work here, and the
 * withdrawn prefixes. Times are nanoseconds on the loop's clock.
 */
final class HeldClaims {
  private final ClaimHistory history = new ClaimHistory();
  private final StandingClaims standing;
  private final WithdrawnPrefixes withdrawn;

  /** Restores the saved state. */
  HeldClaims(Collection<KnownPrefix> saved, long now) {
    standing = new StandingClaims(saved, now);
    withdrawn = new WithdrawnPrefixes(saved, now);
  }

  /** Begins a pass: peers with the numbers that count, and the claims that stand here. */
  ClaimHistory.Judged judge(Collection<RemoteHost> peers, long lamport, long now) {
    withdrawn.expire(now);
    ClaimHistory.Judged judged = history.judge(peers, lamport, standing.now(now), now);
    standing.renewed(judged.renewed());
    return judged;
  }

  /**
   * Records the claims that hold and work: of peers' prefixes, those whose routes are in force.
   *
   * @param alone whether no other host had a path until a short while ago: this host's claims are
   *     known to no other host yet, and stand before none
   */
  void update(
      NodeId self,
      boolean alone,
      Desired desired,
      Collection<MeshSnapshot.RouteView> routes,
      long now) {
    Set<Holding> inForce = new HashSet<>();
    for (MeshSnapshot.RouteView route : routes) {
      if (route.state() == RouteState.INSTALLED) {
        inForce.add(
            new Holding(Conflict.ClaimKind.PREFIX, route.node(), route.vni(), route.prefix()));
      }
    }
    desired.holdings().stream()
        .filter(it -> it.kind() == Conflict.ClaimKind.OVERLAY || it.id().equals(self))
        .forEach(inForce::add);
    withdrawn.update(inForce, now);
    Set<Holding> held = new HashSet<>(desired.holdings());
    if (alone) {
      inForce.removeIf(holding -> holding.id().equals(self));
      held.removeIf(holding -> holding.id().equals(self));
    }
    standing.update(inForce, held, now);
  }

  /** Prefixes that mesh containers must not reach by another way, should no host claim them now. */
  Set<Prefix> bound() {
    return withdrawn.all();
  }

  /** Prefixes that are held back, by prefix. */
  List<KnownPrefix> list(long now) {
    return withdrawn.list(now);
  }

  /** Releases a withdrawn prefix; false when it isn't held back. A pass should follow. */
  boolean forget(Prefix prefix) {
    return withdrawn.forget(prefix);
  }

  /** The part that must outlive the process. */
  List<KnownPrefix> saved(long now) {
    List<KnownPrefix> saved = new ArrayList<>(withdrawn.saved(now));
    saved.addAll(standing.overlays(now));
    return saved;
  }

  /** When something changes by time alone; empty for never. */
  Optional<Long> deadline() {
    return Stream.of(standing.deadline(), withdrawn.deadline())
        .flatMap(Optional::stream)
        .reduce((a, b) -> a - b < 0 ? a : b);
  }
}
