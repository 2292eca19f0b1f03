package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.NodeKeys;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.ForeignRoutes;
import io.vrouter.mesh.plan.LocalPool;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.pool.PoolConflict;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.pool.PoolPeer;
import io.vrouter.mesh.pool.PoolRanges;
import io.vrouter.mesh.pool.PoolSituation;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.pool.PoolSubnets;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.Subnet;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's ranges of the mesh-wide pool of subnets, and its votes for other hosts' ranges. A
 * range is claimed only on request: by configuration, by a command, or in an earlier run. Every
 * claim and vote is saved before it is published.
 */
final class PoolBook {
  private static final Logger LOG = LoggerFactory.getLogger(PoolBook.class);

  private final SavedValue<PoolState> states;
  private final PoolElectors electors;
  private final long freshAfter;
  private final Set<NodeId> known = new HashSet<>();
  private final Set<NodeId> forgotten = new HashSet<>();
  private boolean asked;
  private boolean heard;
  private LocalPool local = LocalPool.DEFAULT;
  private PoolState logged;
  private List<PoolConflict> conflicts = List.of();

  /**
   * Restores the claims of an earlier run.
   *
   * @param later the thread that writes
   * @param done run on that thread when a pass should follow
   * @param now on the clock of {@link #advance}, in nanoseconds
   */
  PoolBook(PoolStore store, StateWriter.Later later, Runnable done, NodeKeys keys, long now) {
    electors = new PoolElectors(keys);
    states = new SavedValue<>(store.load(), store::save, later, done);
    logged = states.saved();
    asked = store.lost() || !states.saved().ranges().isEmpty();
    freshAfter = now + ClaimBook.PATIENCE.toNanos();
  }

  /** The pool's part of the record, saved already, its votes signed. */
  PoolShare share() {
    return electors.signed(states.saved().share());
  }

  PoolView view() {
    return new PoolView(local.pool(), asked || local.wanted(), heard, states.saved(), conflicts);
  }

  /** When {@link #advance} is due without a change; empty for never. */
  Optional<Long> deadline() {
    return heard || !(asked || local.wanted()) ? Optional.empty() : Optional.of(freshAfter);
  }

  /** Requests a range, claimed at the next {@link #advance}. */
  void ask() {
    asked = true;
  }

  /**
   * Allocates a subnet to a name.
   *
   * @throws PoolException when none is free
   */
  SavedValue.Saving<Prefix> claim(String name) throws PoolException {
    return keep(PoolSubnets.claim(states.newest(), name, local.used().keySet()));
  }

  /**
   * Releases the subnet of a name.
   *
   * @throws PoolException when the name has no subnet
   */
  SavedValue.Saving<Prefix> release(String name) throws PoolException {
    return keep(PoolSubnets.release(states.newest(), name));
  }

  private SavedValue.Saving<Prefix> keep(PoolSubnets.Allocation allocation) {
    return new SavedValue.Saving<>(allocation.subnet(), states.save(allocation.state()));
  }

  /**
   * Brings ranges and votes in line with the other hosts' claims and the local engine's networks.
   *
   * @param settled whether the first state exchange is done
   * @return problems for the operator
   */
  List<Problem> advance(
      LocalState host,
      RecordReader.DecodedSnapshot read,
      ForeignRoutes surroundings,
      boolean settled,
      long now) {
    local = host.pool();
    heard |= settled || now - freshAfter >= 0;
    boolean wanted = asked || local.wanted();
    follow(read, host.self());
    electors.follow(read, host.self(), settled, now);
    PoolState state = states.newest();
    if (!wanted && state.equals(PoolState.NONE) && read.peers().stream().noneMatch(PoolBook::in)) {
      return List.of();
    }
    PoolRanges.PoolDecision outcome =
        PoolRanges.settle(
            new PoolSituation(
                host.self(),
                local.pool(),
                wanted,
                heard,
                settled,
                state,
                peers(read, host.self()),
                forgotten,
                new PoolSituation.EngineSubnets(local.engineKnown(), local.used()),
                wanted ? avoid(host, read, surroundings) : Set.of(),
                wanted ? prefixes(surroundings, PoolBook::isAggregate) : Set.of(),
                electors.newcomers(now),
                electors));
    conflicts = outcome.conflicts();
    List<Problem> problems = new ArrayList<>(outcome.problems());
    keep(outcome.state());
    log();
    unsaved().ifPresent(problems::add);
    return problems;
  }

  /** Why the state could not be written the last time. */
  Optional<Problem> unsaved() {
    return states.failure().map(PoolBook::unsaved);
  }

  static Problem unsaved(IOException refused) {
    return new Problem(
        "state-not-saved",
        "pool ranges and votes can't be saved: " + refused.getMessage(),
        "make room in, or the right to write to, the directory of --state-dir");
  }

  /**
   * Releases the claims that peers must not rely on while this host is away; see {@link #unsaved}.
   */
  void leave() {
    keep(states.newest().departed());
  }

  private static boolean in(RemoteHost peer) {
    return !peer.record().pool().equals(PoolShare.NONE);
  }

  /** Records the members that were known and are not any more: an operator had them forgotten. */
  private void follow(RecordReader.DecodedSnapshot read, NodeId self) {
    Set<NodeId> now = new HashSet<>();
    read.members().forEach(view -> now.add(view.member().id()));
    now.remove(self);
    known.stream().filter(id -> !now.contains(id)).forEach(forgotten::add);
    forgotten.removeAll(now);
    known.addAll(now);
  }

  private static List<PoolPeer> peers(RecordReader.DecodedSnapshot read, NodeId self) {
    List<PoolPeer> peers = new ArrayList<>();
    for (MeshSnapshot.MemberView view : read.members()) {
      HostRecord record = view.record();
      if (!view.member().id().equals(self)) {
        peers.add(
            new PoolPeer(
                view.member().id(),
                view.name(),
                standing(view.member().state()),
                record == null ? PoolShare.NONE : record.pool()));
      }
    }
    return peers;
  }

  static PoolPeer.VoterState standing(MemberState state) {
    return switch (state) {
      case ALIVE -> PoolPeer.VoterState.ALIVE;
      case SUSPECT, RESTARTING, FAILED -> PoolPeer.VoterState.SILENT;
      case LEFT, REPLACED -> PoolPeer.VoterState.DEPARTED;
    };
  }

  /** Whether a route is strictly shorter than a range, so that the range's routes win. */
  private static boolean isAggregate(ForeignRoutes.Occupied route) {
    return !route.connected() && route.prefix().length() < PoolRange.LENGTH;
  }

  private static Set<Prefix> prefixes(
      ForeignRoutes surroundings, Predicate<ForeignRoutes.Occupied> which) {
    return surroundings.routes().stream()
        .filter(which)
        .map(ForeignRoutes.Occupied::prefix)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static Set<Prefix> avoid(
      LocalState host, RecordReader.DecodedSnapshot read, ForeignRoutes surroundings) {
    Set<Prefix> avoid = prefixes(surroundings, route -> !isAggregate(route));
    host.vnis().forEach(vni -> avoid.add(vni.overlaySubnet()));
    List<InetAddress> addresses = new ArrayList<>(surroundings.gateways());
    addresses.addAll(host.options().avoid());
    for (RemoteHost peer : read.peers()) {
      addresses.add(peer.record().underlay());
      for (Subnet subnet : peer.record().subnets()) {
        if (peer.record().pool().ranges().stream()
            .noneMatch(range -> range.prefix().contains(subnet.prefix()))) {
          avoid.add(subnet.prefix());
        }
      }
    }
    addresses.forEach(it -> avoid.add(new Prefix(it, it.getAddress().length * 8)));
    return avoid;
  }

  /** Without waiting: {@link #unsaved} has the outcome. */
  private void keep(PoolState next) {
    Future<?> unused = states.save(next);
  }

  /** Logs what was saved since the last call. */
  private void log() {
    PoolState before = logged;
    PoolState after = states.saved();
    logged = after;
    for (PoolRange range : after.ranges()) {
      if (!before.ranges().contains(range)) {
        LOG.info(
            "pool range {} {}", range.prefix(), range.acknowledged() ? "acknowledged" : "claimed");
      }
    }
    for (PoolRange range : before.ranges()) {
      if (after.ranges().stream().noneMatch(it -> it.prefix().equals(range.prefix()))) {
        LOG.warn(
            "pool range {} given up: another host holds it or --pool changed; run 'meshctl"
                + " docker-pools --apply' again and restart the engine if it was applied",
            range.prefix());
      }
    }
  }
}
