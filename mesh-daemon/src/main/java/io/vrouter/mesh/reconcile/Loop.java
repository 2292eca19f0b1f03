package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Membership;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.NodeKeys;
import io.vrouter.mesh.agent.Agent;
import io.vrouter.mesh.agent.AgentException;
import io.vrouter.mesh.apply.FastPathLook;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.TunnelLook;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.PlanInput;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.policy.PolicyFilter;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.record.FittedRecord;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.ProbeArrivals;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** All state of the loop, and one pass of it. Owned by one thread. */
final class Loop {
  private final Membership membership;
  private final Observer observer;
  private final FirewallTarget firewall;
  private final TunnelLook tunnelLook;
  private final FastPathLook fastPath;
  private final TunnelBook tunnels;
  private final LongSupplier clock;

  private final Persisted memory;
  private final Writes writes;
  private final Telling telling;
  private final ClaimBook claims;
  private final PoolBook pool;
  private final PolicyBook policy;
  private final HeldClaims held;
  private final MovedUnderlays movements = new MovedUnderlays();
  private final RecordReader roster = new RecordReader();
  private final RouteStates routeStates;
  private final Adoption adoption;
  private final Repairs repairs;
  private final PassSchedule schedule;
  private final OpeningWait opening = new OpeningWait();
  private final ProblemLog problemLog = new ProblemLog();

  private final OverlaySeat seat = new OverlaySeat();

  /** As given, and with the overlay subnets chosen. */
  private LocalState given;

  private LocalState local;
  private Map<NodeId, Integer> pathMtus = Map.of();
  private ProbeArrivals arrivals = ProbeArrivals.NONE;
  private List<RecordReader.Heeded> heeded = List.of();
  private Optional<Problem> shown = Optional.empty();
  private MeshSnapshot snapshot;
  private long passes;

  Loop(
      LocalState local,
      Membership membership,
      Observer observer,
      Agent agent,
      StateWriter writer,
      PoolStore poolStore,
      PolicyStore policyStore,
      NodeKeys keys,
      Consumer<String> repairEvents,
      Consumer<Integer> retiredKeys,
      LongSupplier clock) {
    this.given = local;
    this.local = local;
    this.membership = membership;
    this.observer = observer;
    this.firewall = agent.firewall();
    this.tunnelLook = agent.tunnels();
    this.fastPath = agent.fastPath();
    this.tunnels = new TunnelBook(retiredKeys, clock.getAsLong());
    this.clock = clock;
    this.memory = new Persisted(writer);
    this.claims = new ClaimBook(memory.loaded(), clock.getAsLong());
    this.writes = new Writes(agent, memory);
    this.telling = new Telling(membership, memory, claims);
    this.held = new HeldClaims(memory.loaded().known(), clock.getAsLong());
    this.pool = new PoolBook(poolStore, keys, clock.getAsLong());
    this.policy = new PolicyBook(policyStore, keys);
    this.repairs = new Repairs(repairEvents);
    this.routeStates = new RouteStates(observer);
    this.adoption = new Adoption(clock.getAsLong());
    this.schedule = new PassSchedule(clock.getAsLong(), firewall::rulesChanged, this::timers);
    this.snapshot = MeshSnapshot.before(local);
  }

  MeshSnapshot snapshot() {
    return snapshot;
  }

  /** Runs the work of commands; a pass should follow. */
  PoolBook pool() {
    return pool;
  }

  /** The operator's policy. */
  PolicyBook policy() {
    return policy;
  }

  /** The prefixes that are held back. */
  HeldClaims held() {
    return held;
  }

  void local(LocalState newLocal) {
    given = newLocal;
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

  /** This host's WireGuard keys, newest first. */
  void tunnelKeys(List<WireGuardKey> keys) {
    tunnels.keys(keys);
  }

  /**
   * The record before the first pass: claims of an earlier run that this one may repeat.
   *
   * @throws NetlinkException when the kernel can't be asked
   */
  Bytes firstPayload() {
    Observed observed = observed();
    long now = clock.getAsLong();
    local = seat.choose(given, claims.claims(), List.of(), observed.surroundings(), false);
    PolicyFilter allowed = policy.advance(local, List.of(), now);
    tunnels.advance(allowed.local(), List.of(), observed, now);
    PlanInput world = world(allowed.local(), List.of(), Set.of(), observed);
    return FittedRecord.of(complete(Desired.of(world).record())).payload();
  }

  /** The record with what no plan follows from. */
  private HostRecord complete(HostRecord record) {
    return policy.in(record.with(pool.share()).withBlockedOverlays(seat.blocked()).with(arrivals));
  }

  /**
   * Runs once if a pass is due by now.
   *
   * @return when to run again without an event, on the clock
   */
  long pass(Set<Cause> causes) {
    long begin = clock.getAsLong();
    try {
      schedule.add(saved(causes), begin);
      if (schedule.deadline() - begin <= 0 && !onlyStatesChanged(begin)) {
        passes++;
        run(schedule.begin(begin));
      }
    } catch (AgentException e) {
      failed(e.problem());
    } catch (NetlinkException e) {
      failed(
          new Problem(
              "kernel-unreachable",
              "the kernel can't be asked: " + e.getMessage(),
              "nothing: it is tried again"));
    } catch (RuntimeException e) {
      // The loop must outlive a defect: the kernel's state stays, and a problem is shown.
      problemLog.defect("a pass ended early", e);
      failed(
          new Problem(
              "loop-defect",
              "a pass of the loop ended early: " + e,
              "report it with 'meshctl report'; it is tried again"));
    }
    return schedule.deadline();
  }

  /**
   * Publishes the record that waited for the disk, which needs no pass; returns the causes left.
   */
  private Set<Cause> saved(Set<Cause> causes) {
    if (!causes.contains(Cause.SAVED)) {
      return causes;
    }
    Optional<Problem> refused = telling.waiting();
    Set<Cause> left = EnumSet.noneOf(Cause.class);
    left.addAll(causes);
    left.remove(Cause.SAVED);
    if (refused.isPresent() || !memory.problem().equals(shown)) {
      left.add(Cause.LOCAL);
    }
    return left;
  }

  /**
   * Handles changes of member state that need no pass: a suspicion and its refutation, a daemon
   * that restarts. Commands show them. In a large mesh they are the most frequent change, and a
   * pass dumps the kernel.
   */
  private boolean onlyStatesChanged(long begin) {
    if (!schedule.onlyMembers(begin)) {
      return false;
    }
    MembershipView view = membership.view();
    RecordReader.DecodedSnapshot read = roster.read(view);
    if (!view.settled() || !read.heeded().equals(heeded)) {
      return false;
    }
    schedule.skip();
    snapshot = snapshot.listing(read.members());
    return true;
  }

  /**
   * The desired and the observed state, without the firewall; {@link Situation#plan} returns the
   * steps of a pass.
   *
   * @throws NetlinkException when the kernel can't be asked
   */
  Situation situation() {
    Observed observed = observed().with(memory.former());
    long now = clock.getAsLong();
    PolicyFilter allowed = policy.advance(local, roster.read(membership.view()).peers(), now);
    ClaimHistory.Judged judged = held.judge(allowed.peers(), claims.lamport(), now);
    Desired desired = Desired.of(world(allowed.local(), judged.peers(), judged.stands(), observed));
    return new Situation(desired, withFastPath(desired, observed, false));
  }

  private Observed withFastPath(Desired desired, Observed observed, boolean fresh) {
    return observed.withFastPath(
        fastPath.look(Planner.firewall(desired, observed), observed.links(), fresh));
  }

  private Observed.Firewall firewall(Desired desired, Observed observed, boolean fresh) {
    FirewallPolicy policy = Planner.firewall(desired, observed);
    return new Observed.Firewall(firewall.holds(policy, fresh), firewall.isOpen(policy, fresh));
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

  private void run(PassSchedule.Pass pass) {
    long begin = pass.begin();
    MembershipView view = membership.view();
    RecordReader.DecodedSnapshot read = roster.read(view);
    heeded = read.heeded();
    Observed observed = observed();
    memory.gone(observed);
    observed = observed.with(memory.former());
    movements.update(read.peers(), begin);
    local =
        seat.choose(given, claims.claims(), read.peers(), observed.surroundings(), view.settled());
    List<Problem> problems = new ArrayList<>(read.problems());
    PolicyFilter allowed = policy.advance(local, read.peers(), begin);
    problems.addAll(policy.problems());
    problems.addAll(allowed.problems());
    ClaimHistory.Judged judged = held.judge(allowed.peers(), claims.lamport(), begin);
    problems.addAll(judged.problems());
    problems.addAll(
        claims.advance(allowed.local(), judged.peers(), view.settled(), judged.stands(), begin));
    problems.addAll(pool.advance(local, read, observed.surroundings(), view.settled(), begin));
    problems.addAll(tunnelLook.problems());
    problems.addAll(tunnels.advance(allowed.local(), judged.peers(), observed, begin));
    Desired desired =
        Desired.of(world(allowed.local(), judged.peers(), judged.stands(), observed))
            .rejecting(allowed.rejected());
    observed = observed.with(firewall(desired, observed, pass.firewall()));
    problems.addAll(firewall.problems());
    observed = withFastPath(desired, observed, pass.audit());
    problems.addAll(fastPath.problems());
    Plan whole = Planner.plan(desired, observed);
    Plan plan =
        adoption.kept(
            whole, observed, read.peers(), Adoption.met(view), firewall::stands, pass.begin());
    Plan all = plan;
    plan = repairs.due(plan, begin);
    memory.before(plan.steps());
    save(begin);
    shown = memory.problem();
    shown.ifPresent(problems::add);

    Writes.ApplyResult result = writes.run(desired, whole, plan);
    boolean repairsOnly = repairs.note(result.done(), desired, observed, begin);
    // After the kernel, so that the record advertises only what is installed.
    if (!opening.holds(firewall.pending(), begin)) {
      telling.tell(complete(desired.record())).ifPresent(problems::add);
    }
    long end = clock.getAsLong();
    List<Problem> failed = result.failed();
    if (failed.isEmpty() && result.again() && !repairsOnly) {
      failed = List.of(ineffective(plan));
    }
    PassSchedule.PassResult outcome = outcome(plan, failed, observed);
    boolean calm =
        all.isEmpty()
            && !adoption.held()
            && observed.interrupted().isEmpty()
            && !firewall.pending();
    if (calm) {
      repairs.calm(desired, observed);
    }
    problems.addAll(repairs.problems());
    RouteStates.Report routes = routeStates.report(desired, observed, all, pass.audit());
    held.update(local.self(), claims.wasAlone(begin), desired, routes.routes(), begin);
    problems.addAll(
        Stream.of(desired.problems(), plan.problems(), routes.problems(), failed)
            .flatMap(List::stream)
            .toList());
    snapshot =
        new MeshSnapshot(
            local.self(),
            local.node(),
            read.members(),
            routes.routes(),
            List.of(),
            desired.conflicts(),
            pool.view(),
            policy.policy().map(SignedPolicy::policy),
            view.settled() && calm,
            plan.isEmpty() ? snapshot.plan() : plan.text(),
            writes.counters(passes, end - begin),
            TunnelView.of(local.options().encryption(), tunnels.tunnels(), observed));
    publish(problems, true);
    schedule.end(outcome, view.settled(), clock.getAsLong());
  }

  private Observed observed() {
    Observed observed = observer.observe();
    return observed.withTunnels(tunnelLook.look(observed.links()));
  }

  private void save(long now) {
    memory.save(claims.kept(), claims.lamport(), held.saved(now));
  }

  private static PassSchedule.PassResult outcome(
      Plan plan, List<Problem> failed, Observed observed) {
    if (plan.isEmpty()) {
      return observed.interrupted().isEmpty()
          ? PassSchedule.PassResult.NOTHING
          : PassSchedule.PassResult.INTERRUPTED;
    }
    return failed.isEmpty() ? PassSchedule.PassResult.WROTE : PassSchedule.PassResult.REFUSED;
  }

  private static Problem ineffective(Plan plan) {
    return new Problem(
        "kernel-ignores",
        "the kernel says done and nothing has changed: " + plan.steps().get(0),
        "look for a program that undoes it (NetworkManager, systemd-networkd, another mesh)");
  }

  private void failed(Problem problem) {
    publish(List.of(problem), false);
    schedule.threw(clock.getAsLong());
  }

  private void publish(List<Problem> problems, boolean looked) {
    snapshot = snapshot.told(problemLog.told(problems), looked);
  }

  /** When to run without an event. */
  private List<Optional<Long>> timers() {
    return List.of(
        claims.deadline(local),
        claims.acquaintance(),
        pool.deadline(),
        policy.deadline(),
        tunnels.deadline(),
        movements.deadline(),
        repairs.deadline(),
        adoption.deadline(clock.getAsLong()),
        held.deadline(),
        opening.deadline());
  }

  /** Removes every object of ours. */
  List<Problem> leave() {
    Observed observed = observer.observe().with(memory.former());
    FirewallPolicy none =
        new FirewallPolicy(local.vxlanPort(), local.options().probePort(), Set.of(), Set.of());
    Plan plan =
        Planner.cleanup(observed.withFastPath(fastPath.look(none, observed.links(), false)));
    List<Problem> failed = new ArrayList<>(writes.remove(plan).failed());
    save(clock.getAsLong());
    pool.leave().ifPresent(failed::add);
    return failed;
  }
}
