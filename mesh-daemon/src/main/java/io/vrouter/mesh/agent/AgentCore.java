package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.plan.KernelState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.generic.WgDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's own planning: observes the kernel, applies the policy, plans, writes. One thread at a
 * time.
 */
final class AgentCore {
  private static final Logger LOG = LoggerFactory.getLogger(AgentCore.class);

  private static final String ROTATION = "rotation-refused";
  private static final String ROTATION_FIX =
      "see 'meshctl status': try again when it lists one WireGuard device";

  private final AgentPolicy policy;
  private final RtNetlink netlink;
  private final Observer observer;
  private final FirewallTarget firewall;
  private final Applier applier;
  private final Optional<AgentTunnels> tunnels;
  private final FormerStore store;
  private final Supplier<DockerSnapshot> docker;
  private final Supplier<Set<InetAddress>> avoid;
  private final LongSupplier clock;
  private final TreeMap<String, FormerSetting> former = new TreeMap<>();

  /** Whether this process has compared the firewall in the kernel with a policy. */
  private boolean looked;

  private boolean leased;
  private volatile long word;

  /**
   * Touches nothing yet.
   *
   * @param tunnels empty without encryption
   * @param avoid seeds and resolvers, as they are now
   * @param clock nanoseconds, monotonic
   */
  AgentCore(
      AgentPolicy policy,
      RtNetlink netlink,
      FirewallTarget firewall,
      Optional<AgentTunnels> tunnels,
      FormerStore store,
      Supplier<DockerSnapshot> docker,
      Supplier<Set<InetAddress>> avoid,
      LongSupplier clock) {
    this.policy = policy;
    this.netlink = netlink;
    this.observer = new Observer(netlink);
    this.firewall = firewall;
    this.tunnels = tunnels;
    NetlinkTarget target = new NetlinkTarget(netlink);
    this.applier =
        tunnels
            .map(it -> new Applier(firewall, target, it))
            .orElseGet(() -> new Applier(firewall, target));
    this.store = store;
    this.docker = docker;
    this.avoid = avoid;
    this.clock = clock;
    this.word = clock.getAsLong();
    // An earlier process of this agent may have left a data path.
    this.leased = policy.lease().isPresent();
    store.load().forEach(setting -> former.put(setting.device(), setting));
  }

  /** Looks at the firewall through a target. */
  AgentReply look(FirewallPolicy wanted, boolean fresh, FirewallTarget target)
      throws RefusedException {
    Ruling ruling =
        Enforcement.of(
            policy, surroundings(observer.observe(KernelState.prefixes(wanted))), wanted);
    FirewallPolicy allowed = ruling.state().firewall();
    boolean ours = target.equals(firewall);
    boolean look = fresh || (ours && !looked);
    looked |= ours;
    boolean holds = target.holds(allowed, look);
    boolean open = target.isOpen(allowed, look);
    List<Problem> problems = new ArrayList<>(target.problems());
    if (!ruling.refusals().isEmpty()) {
      problems.add(refused(ruling.refusals()));
    }
    return new AgentReply.Firewall(holds, open, target.write(allowed), target.pending(), problems);
  }

  /** WireGuard's keys and devices. */
  AgentReply tunnels() {
    return tunnels
        .map(
            it -> {
              List<WgDevice> devices = it.look(netlink.links().entries());
              return new AgentReply.WireGuardAnswer(it.keys(), devices, it.problems());
            })
        .orElseGet(() -> new AgentReply.WireGuardAnswer(List.of(), List.of(), List.of()));
  }

  /** Makes a new WireGuard key. */
  AgentReply rotate() {
    Optional<String> refusal =
        tunnels.map(AgentTunnels::rotate).orElse(Optional.of("the agent has no --encryption"));
    return refusal
        .<AgentReply>map(it -> new AgentReply.Refused(new Problem(ROTATION, it, ROTATION_FIX)))
        .orElseGet(() -> new AgentReply.Answer(true));
  }

  /** Deletes a former WireGuard key. */
  AgentReply retire(int slot) {
    tunnels.ifPresent(it -> it.retire(slot));
    return new AgentReply.Answer(tunnels.isPresent());
  }

  /** Whether another program may have written to nftables. */
  boolean rulesChanged() {
    return firewall.rulesChanged();
  }

  /** Whether a firewall of ours is in the kernel. */
  boolean stands() {
    return firewall.stands();
  }

  /**
   * Makes the kernel equal to the allowed part of a state.
   *
   * @param later keys of the steps that shall wait
   */
  AgentReply apply(KernelState state, Set<String> later) throws RefusedException {
    renewLease();
    Observed observed = observer.observe(state.prefixes());
    Optional<AgentTunnels> look = tunnels;
    if (look.isPresent()) {
      observed = observed.withTunnels(look.get().look(observed.links()));
    }
    Ruling ruling = Enforcement.of(policy, surroundings(observed), state);
    KernelState desired = ruling.state();
    forget(observed);
    observed = observed.with(List.copyOf(former.values()));
    FirewallPolicy wall = Planner.firewall(desired, observed);
    boolean fresh = !looked;
    looked = true;
    boolean holds = firewall.holds(wall, fresh);
    observed =
        observed.with(
            new Observed.Firewall(holds, firewall.isOpen(wall, fresh), firewall.write(wall)));
    Set<String> refused =
        ruling.refusals().stream().map(Ruling.Refusal::object).collect(Collectors.toSet());
    List<Step> steps =
        Planner.plan(desired, observed).steps().stream()
            .filter(step -> !later.contains(Steps.key(step)) || isRefused(step, refused))
            .toList();
    RunResult result = run(steps);
    if (observed.firewall().write() != Observed.TableWrite.NONE) {
      result.underWay().add(Step.SetFirewall.class.getSimpleName());
    }
    return result.applied(ruling.refusals());
  }

  /** Removes everything that the policy forbids, whatever the desired state keeps. */
  private static boolean isRefused(Step step, Set<String> refused) {
    return step.removes() && refused.contains(step.object());
  }

  /** Removes every object of ours. */
  AgentReply remove() {
    renewLease();
    Observed observed = observer.observe(List.of());
    forget(observed);
    Plan cleanup = Planner.cleanup(observed.with(List.copyOf(former.values())));
    return run(cleanup.steps()).applied(List.of());
  }

  /** A write of the node renews the lease. */
  private void renewLease() {
    word = clock.getAsLong();
    leased = policy.lease().isPresent();
  }

  /** Renews the lease: the node lives. From any thread. */
  void alive() {
    word = clock.getAsLong();
  }

  /** Removes the data path, not the firewall, when no node has spoken for the time of the lease. */
  void expire() {
    if (!leased || clock.getAsLong() - word < policy.lease().orElseThrow().toNanos()) {
      return;
    }
    leased = false;
    LOG.warn("no node has spoken for {}: its data path goes", policy.lease().orElseThrow());
    List<Step> steps =
        Planner.cleanup(observer.observe(List.of()).with(List.copyOf(former.values())))
            .steps()
            .stream()
            .filter(Step.OnDevice.class::isInstance)
            .toList();
    run(steps)
        .failed()
        .forEach(failed -> LOG.error("{}: {}", failed.step(), failed.problem().message()));
  }

  /** The steps that were not done, and those that have not ended. */
  private record RunResult(List<AgentReply.Failed> failed, List<String> underWay) {
    AgentReply applied(List<Ruling.Refusal> refused) {
      return new AgentReply.Applied(failed, underWay, refused);
    }
  }

  private RunResult run(List<Step> steps) {
    Set<FormerSetting> before = new HashSet<>(former.values());
    for (Step step : steps) {
      if (step instanceof Step.SetForwarding set && set.former() != null) {
        former.putIfAbsent(set.former().device(), set.former());
      }
    }
    List<AgentReply.Failed> failed = new ArrayList<>();
    List<String> underWay = new ArrayList<>();
    List<Step> safe = saved(steps, before, failed);
    for (StepOutcome outcome : safe.isEmpty() ? List.<StepOutcome>of() : applier.run(plan(safe))) {
      Problem problem = outcome.problem();
      LOG.debug("{}: {}", outcome.step(), problem == null ? "done" : problem.message());
      if (problem != null) {
        failed.add(new AgentReply.Failed(Steps.key(outcome.step()), problem));
      } else if (outcome.underWay()) {
        underWay.add(Steps.key(outcome.step()));
      } else if (outcome.step() instanceof Step.RestoreForwarding restore) {
        former.remove(restore.former().device());
      }
    }
    firewall.afterwards();
    saved(List.of(), before, failed);
    return new RunResult(failed, underWay);
  }

  private static Plan plan(List<Step> steps) {
    return new Plan(steps, List.of());
  }

  /** Without the steps whose former setting can't be kept. */
  private List<Step> saved(
      List<Step> steps, Set<FormerSetting> before, List<AgentReply.Failed> failed) {
    if (before.equals(new HashSet<>(former.values()))) {
      return steps;
    }
    try {
      store.save(List.copyOf(former.values()));
      before.clear();
      before.addAll(former.values());
      return steps;
    } catch (IOException e) {
      Problem problem =
          new Problem(
              "state-not-saved",
              "the agent's state can't be saved: " + e.getMessage(),
              "make room on the disk of its --state-dir and let it write there");
      List<Step> safe = new ArrayList<>();
      for (Step step : steps) {
        if (step instanceof Step.SetForwarding set && set.former() != null) {
          failed.add(new AgentReply.Failed(Steps.key(step), problem));
        } else {
          safe.add(step);
        }
      }
      return safe;
    }
  }

  private void forget(Observed observed) {
    if (!observed.interrupted().contains(Observed.DumpKind.LINK)) {
      former.keySet().removeIf(device -> observed.link(device).isEmpty());
    }
  }

  private HostView surroundings(Observed observed) {
    return HostView.of(
            observed, netlink.addresses().entries(), docker.get(), policy.subnets(), avoid.get())
        .withKeys(tunnels.map(AgentTunnels::keys).orElse(List.of()));
  }

  private static Problem refused(List<Ruling.Refusal> refusals) {
    Ruling.Refusal first = refusals.get(0);
    return new Problem(
        RemoteAgent.REFUSED,
        "the agent's policy refuses a part of the firewall: %s: %s%s"
            .formatted(
                first.object(),
                first.reason(),
                refusals.size() == 1 ? "" : ", and " + (refusals.size() - 1) + " more"),
        RemoteAgent.FIX);
  }
}
