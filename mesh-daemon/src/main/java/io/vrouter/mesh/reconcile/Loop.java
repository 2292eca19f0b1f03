package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Membership;
import io.vrouter.membership.MembershipView;
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
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.record.FittedRecord;
import io.vrouter.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * One pass of the loop: looks, asks the {@link Books} what is desired, plans, writes, publishes.
 * Owned by one thread.
 */
final class Loop {
  private final Membership membership;
  private final Observer observer;
  private final FirewallTarget firewall;
  private final TunnelLook tunnelLook;
  private final FastPathLook fastPath;
  private final LongSupplier clock;

  private final Persisted memory;
  private final Writes writes;
  private final Telling telling;
  private final Books books;
  private final RecordReader roster = new RecordReader();
  private final RouteStates routeStates;
  private final Adoption adoption;
  private final Repairs repairs;
  private final PassSchedule schedule;
  private final OpeningWait opening = new OpeningWait();
  private final ProblemLog problemLog = new ProblemLog();

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
      StateWriter.Later later,
      Runnable stored,
      PoolStore poolStore,
      PolicyStore policyStore,
      NodeKeys keys,
      Consumer<String> repairEvents,
      Consumer<Integer> retiredKeys,
      LongSupplier clock) {
    this.membership = membership;
    this.observer = observer;
    this.firewall = agent.firewall();
    this.tunnelLook = agent.tunnels();
    this.fastPath = agent.fastPath();
    this.clock = clock;
    this.memory = new Persisted(writer);
    this.books =
        new Books(
            local,
            memory.loaded(),
            new PoolBook(poolStore, later, stored, keys, clock.getAsLong()),
            new PolicyBook(policyStore, later, stored, keys),
            retiredKeys,
            clock.getAsLong());
    this.writes = new Writes(agent, memory);
    this.telling = new Telling(membership, memory, books.claims());
    this.repairs = new Repairs(repairEvents);
    this.routeStates = new RouteStates(observer);
    this.adoption = new Adoption(clock.getAsLong());
    this.schedule = new PassSchedule(clock.getAsLong(), firewall::rulesChanged, this::timers);
    this.snapshot = MeshSnapshot.before(local);
  }

  MeshSnapshot snapshot() {
    return snapshot;
  }

  /** For the work of commands, after which a pass should follow. */
  Books books() {
    return books;
  }

  /**
   * The record before the first pass: claims of an earlier run that this one may repeat.
   *
   * @throws NetlinkException when the kernel can't be asked
   */
  Bytes firstPayload() {
    Desired first = books.first(observed(), clock.getAsLong());
    return FittedRecord.of(books.complete(first.record())).payload();
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
    List<RemoteHost> peers = roster.read(membership.view()).peers();
    Desired desired = books.now(peers, observed, clock.getAsLong());
    return new Situation(desired, withFastPath(desired, observed, false));
  }

  private Observed withFastPath(Desired desired, Observed observed, boolean fresh) {
    return observed.withFastPath(
        fastPath.look(Planner.firewall(desired, observed), observed.links(), fresh));
  }

  private Observed.Firewall firewall(Desired desired, Observed observed, boolean fresh) {
    FirewallPolicy policy = Planner.firewall(desired, observed);
    boolean holds = firewall.holds(policy, fresh);
    return new Observed.Firewall(holds, firewall.isOpen(policy, fresh), firewall.write(policy));
  }

  private void run(PassSchedule.Pass pass) {
    long begin = pass.begin();
    MembershipView view = membership.view();
    RecordReader.DecodedSnapshot read = roster.read(view);
    heeded = read.heeded();
    Observed observed = observed();
    memory.gone(observed);
    observed = observed.with(memory.former());
    List<Problem> problems = new ArrayList<>(read.problems());
    problems.addAll(tunnelLook.problems());
    Desired desired = books.advance(read, observed, view.settled(), begin, problems);
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
      telling.tell(books.complete(desired.record())).ifPresent(problems::add);
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
    books
        .held()
        .update(
            books.local().self(), books.claims().wasAlone(begin), desired, routes.routes(), begin);
    problems.addAll(
        Stream.of(desired.problems(), plan.problems(), routes.problems(), failed)
            .flatMap(List::stream)
            .toList());
    snapshot =
        new MeshSnapshot(
            books.local().self(),
            books.local().node(),
            read.members(),
            routes.routes(),
            List.of(),
            desired.conflicts(),
            books.pool().view(),
            books.policy().policy().map(SignedPolicy::policy),
            view.settled() && calm,
            plan.isEmpty() ? snapshot.plan() : plan.text(),
            writes.counters(passes, end - begin),
            TunnelView.of(
                books.local().options().encryption(), books.tunnels().tunnels(), observed));
    publish(problems, true);
    schedule.end(outcome, view.settled(), clock.getAsLong());
  }

  private Observed observed() {
    Observed observed = observer.observe();
    return observed.withTunnels(tunnelLook.look(observed.links()));
  }

  private void save(long now) {
    memory.save(books.claims().kept(), books.claims().lamport(), books.held().saved(now));
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
    List<Optional<Long>> all = new ArrayList<>(books.deadlines());
    all.add(repairs.deadline());
    all.add(adoption.deadline(clock.getAsLong()));
    all.add(opening.deadline());
    return all;
  }

  /** Removes every object of ours. */
  List<Problem> leave() {
    Observed observed = observer.observe().with(memory.former());
    Plan plan =
        Planner.cleanup(
            observed.withFastPath(fastPath.look(FirewallPolicy.NONE, observed.links(), false)));
    List<Problem> failed = new ArrayList<>(writes.remove(plan).failed());
    save(clock.getAsLong());
    books.pool().leave();
    return failed;
  }
}
