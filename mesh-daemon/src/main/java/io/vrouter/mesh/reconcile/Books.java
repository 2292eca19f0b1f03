package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.PlanInput;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.policy.PolicyFilter;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.ProbeArrivals;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What this host and its peers may have: this host's claims, its ranges of the pool, the operator's
 * policy, the claims that are held, the ends of tunnels and the overlay subnet. All that {@link
 * Desired} follows from besides the observed state and the records. Owned by the loop's thread.
 */
final class Books {
  private final ClaimBook claims;
  private final PoolBook pool;
  private final PolicyBook policy;
  private final HeldClaims held;
  private final TunnelBook tunnels;
  private final MovedUnderlays movements = new MovedUnderlays();
  private final OverlaySeat seat = new OverlaySeat();

  /** As given, and with the overlay subnets chosen. */
  private LocalState given;

  private LocalState local;
  private Map<NodeId, Integer> pathMtus = Map.of();
  private ProbeArrivals arrivals = ProbeArrivals.NONE;

  Books(
      LocalState local,
      SavedState saved,
      PoolBook pool,
      PolicyBook policy,
      Consumer<Integer> retiredKeys,
      long now) {
    this.given = local;
    this.local = local;
    this.tunnels = new TunnelBook(retiredKeys, now);
    this.claims = new ClaimBook(saved, now);
    this.held = new HeldClaims(saved.known(), now);
    this.pool = pool;
    this.policy = policy;
  }

  ClaimBook claims() {
    return claims;
  }

  PoolBook pool() {
    return pool;
  }

  PolicyBook policy() {
    return policy;
  }

  HeldClaims held() {
    return held;
  }

  TunnelBook tunnels() {
    return tunnels;
  }

  /** This host's state, with the overlay subnets chosen. */
  LocalState local() {
    return local;
  }

  /** This host changed. */
  void given(LocalState newest) {
    given = newest;
  }

  /**
   * Results of the probes.
   *
   * @param mtus path MTU to a peer in octets, where less than the tunnel's MTU
   * @param newest of the peers without an answer
   */
  void paths(Map<NodeId, Integer> mtus, ProbeArrivals newest) {
    pathMtus = mtus;
    arrivals = newest;
  }

  /** The desired state before the first pass: claims of an earlier run that this one may repeat. */
  Desired first(Observed observed, long now) {
    local = seat.choose(given, claims.claims(), List.of(), observed.surroundings(), false);
    PolicyFilter allowed = policy.advance(local, List.of(), now);
    tunnels.advance(allowed.local(), List.of(), observed, now);
    return Desired.of(world(allowed.local(), List.of(), Set.of(), observed));
  }

  /** The desired state as of the last pass, with the newest records. */
  Desired now(List<RemoteHost> peers, Observed observed, long now) {
    PolicyFilter allowed = policy.advance(local, peers, now);
    ClaimHistory.Judged judged = held.judge(allowed.peers(), claims.lamport(), now);
    return Desired.of(world(allowed.local(), judged.peers(), judged.stands(), observed));
  }

  /**
   * The desired state of a pass.
   *
   * @param settled whether the members' records are known
   * @param problems problems are added here
   */
  Desired advance(
      RecordReader.DecodedSnapshot read,
      Observed observed,
      boolean settled,
      long now,
      List<Problem> problems) {
    movements.update(read.peers(), now);
    local = seat.choose(given, claims.claims(), read.peers(), observed.surroundings(), settled);
    PolicyFilter allowed = policy.advance(local, read.peers(), now);
    problems.addAll(policy.problems());
    problems.addAll(allowed.problems());
    ClaimHistory.Judged judged = held.judge(allowed.peers(), claims.lamport(), now);
    problems.addAll(judged.problems());
    problems.addAll(claims.advance(allowed.local(), judged.peers(), settled, judged.stands(), now));
    problems.addAll(pool.advance(local, read, observed.surroundings(), settled, now));
    problems.addAll(tunnels.advance(allowed.local(), judged.peers(), observed, now));
    return Desired.of(world(allowed.local(), judged.peers(), judged.stands(), observed))
        .rejecting(allowed.rejected());
  }

  private PlanInput world(
      LocalState mine, List<RemoteHost> peers, Set<Holding> stands, Observed observed) {
    return new PlanInput(
        mine,
        claims.claims(),
        peers,
        movements.moving(),
        observed.surroundings(),
        held.bound(),
        stands,
        pathMtus,
        tunnels.tunnels());
  }

  /** The record with what no plan follows from. */
  HostRecord complete(HostRecord record) {
    return policy.in(record.with(pool.share()).withBlockedOverlays(seat.blocked()).with(arrivals));
  }

  /** When each book is due without an event; empty for never. */
  List<Optional<Long>> deadlines() {
    return List.of(
        claims.deadline(local),
        claims.acquaintance(),
        pool.deadline(),
        policy.deadline(),
        tunnels.deadline(),
        movements.deadline(),
        held.deadline());
  }
}
