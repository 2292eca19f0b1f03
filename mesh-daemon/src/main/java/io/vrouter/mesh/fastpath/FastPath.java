package io.vrouter.mesh.fastpath;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.apply.FastPathLook;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.apply.Target;
import io.vrouter.mesh.firewall.OperatorRules;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FastEntry;
import io.vrouter.mesh.plan.FastHook;
import io.vrouter.mesh.plan.FastPathState;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.BpfException;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.bpf.TcFilter;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.wire.Family;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at the fast path and applies its steps. Called on the reconcile thread only. */
public final class FastPath implements Target, FastPathLook, AutoCloseable {
  /** The kernel refuses programs or maps. */
  public static final String REFUSED = "fast-path-refused";

  /** Rules of the operator are heeded, or passed by. */
  public static final String ASIDE = "fast-path-aside";

  /** A step failed. */
  public static final String FAILED = "fast-path-failed";

  private final RtNetlink netlink;
  private final FastPathMode mode;
  private final OperatorRules rules;
  private final Runnable end;
  private @Nullable FastObjects objects;
  private Set<FastEntry> entries = new HashSet<>();
  private FastFilters filters;
  private Optional<Problem> refused = Optional.empty();
  private List<Problem> problems = List.of();

  /**
   * Touches nothing yet.
   *
   * @param netlink the owner closes it
   * @param changed run on another thread when the operator's rules may lead to another state
   */
  public FastPath(RtNetlink netlink, FastPathMode mode, Runnable changed) {
    this(netlink, mode, worker(), changed);
  }

  private FastPath(RtNetlink netlink, FastPathMode mode, ExecutorService worker, Runnable changed) {
    this(netlink, mode, new OperatorRules(worker, changed), worker::shutdownNow);
  }

  FastPath(RtNetlink netlink, FastPathMode mode, OperatorRules rules, Runnable end) {
    this.netlink = netlink;
    this.mode = mode;
    this.rules = rules;
    this.end = end;
    this.filters = FastFilters.NONE;
  }

  private static ExecutorService worker() {
    return new ThreadPoolExecutor(
        0,
        1,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        DaemonThreads.named("operator-rules"),
        new ThreadPoolExecutor.DiscardPolicy());
  }

  @Override
  public FastPathState look(FirewallPolicy policy, Collection<Link> links, boolean fresh) {
    filters = FastFilters.read(netlink, links);
    problems = List.of();
    FastPathState.Permit use = use(fresh);
    FastObjects open = objects;
    Set<FastHook> hooks = new HashSet<>();
    Set<FastHook> outdated = new HashSet<>();
    for (Link link : links) {
      for (TcFilter filter : filters.ours(link.index())) {
        boolean current = open != null && open.isCurrent(filter);
        (current ? hooks : outdated).add(hook(link));
      }
    }
    if (use != FastPathState.Permit.ON) {
      Set<FastEntry> left = use == FastPathState.Permit.OFF ? entries : Set.of();
      return new FastPathState(use, left, hooks, outdated, List.of(), List.of(), Set.of());
    }
    List<Neighbor> neighbors = new ArrayList<>();
    List<FdbEntry> ports = new ArrayList<>();
    for (Link bridge : bridges(policy, links)) {
      neighbors.addAll(netlink.neighbors(Family.AF_INET, bridge.index()).entries());
      ports.addAll(netlink.fdbOfBridge(bridge.index()).entries());
    }
    return new FastPathState(use, entries, hooks, outdated, neighbors, ports, filters.occupied());
  }

  private static FastHook hook(Link link) {
    return new FastHook(
        link.name(),
        link.index(),
        Observed.isOurs(link) ? FastHook.Program.FROM_TUNNEL : FastHook.Program.TOWARDS_TUNNEL);
  }

  private static List<Link> bridges(FirewallPolicy policy, Collection<Link> links) {
    Set<String> names =
        policy.zones().stream()
            .flatMap(zone -> zone.local().stream())
            .map(FirewallPolicy.GuardedNetwork::device)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    return links.stream().filter(link -> names.contains(link.name())).toList();
  }

  private FastPathState.Permit use(boolean fresh) {
    if (mode == FastPathMode.OFF) {
      return FastPathState.Permit.OFF;
    }
    try {
      open(fresh);
    } catch (BpfException e) {
      refused = Optional.of(refusal(e));
    }
    if (refused.isPresent()) {
      problems = List.of(refused.get());
      return FastPathState.Permit.OFF;
    }
    rules.look();
    Optional<List<String>> found = rules.found();
    if (found.isEmpty()) {
      return mode == FastPathMode.AUTO ? FastPathState.Permit.UNDECIDED : FastPathState.Permit.ON;
    }
    if (!found.get().isEmpty()) {
      problems = List.of(aside(found.get()));
      return mode == FastPathMode.AUTO ? FastPathState.Permit.OFF : FastPathState.Permit.ON;
    }
    return FastPathState.Permit.ON;
  }

  private void open(boolean fresh) {
    FastObjects open = objects;
    if (open == null) {
      if (refused.isPresent() && !fresh) {
        return;
      }
      refused = Optional.empty();
      open = FastObjects.open(filters.ours());
      objects = open;
      entries = open.entries();
    } else if (fresh) {
      entries = open.entries();
    }
  }

  private Problem refusal(BpfException e) {
    String message = "this kernel refuses the fast path: " + e.getMessage();
    String fix =
        "give meshd CAP_BPF (cap_add: BPF) on Linux 5.10 or later without lockdown; or set"
            + " --fast-path off: packets take the normal path, which does the same more slowly";
    return mode == FastPathMode.ON
        ? Problem.warning(REFUSED, message, fix)
        : Problem.note(REFUSED, message, fix);
  }

  private Problem aside(List<String> chains) {
    String some =
        chains.stream().limit(3).collect(Collectors.joining(", "))
            + (chains.size() > 3 ? " and %d more".formatted(chains.size() - 3) : "");
    return mode == FastPathMode.AUTO
        ? Problem.note(
            ASIDE,
            "packets between hosts take the normal path, where they meet rules of this host: "
                + some,
            "nothing; --fast-path on takes the fast path past these rules")
        : Problem.warning(
            ASIDE,
            "the fast path goes past rules of this host: " + some,
            "set --fast-path auto to have packets between hosts meet them");
  }

  @Override
  public List<Problem> problems() {
    return problems;
  }

  @Override
  public boolean takes(Step step) {
    return step instanceof Step.OfFastPath;
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    List<StepOutcome> outcomes = new ArrayList<>();
    for (Step step : steps) {
      try {
        apply(step);
        outcomes.add(StepOutcome.done(step));
      } catch (BpfException | NetlinkException e) {
        outcomes.add(
            StepOutcome.failed(
                step,
                FAILED,
                step + ": " + e.getMessage(),
                "it is tried again, and packets take the normal path meanwhile; if it stays, set"
                    + " --fast-path off and report it with 'meshctl report'"));
      }
    }
    return outcomes;
  }

  private void apply(Step step) {
    if (step instanceof Step.DetachFastPath detach) {
      filters.detach(netlink, detach.hook());
      return;
    }
    FastObjects open = objects;
    if (open == null) {
      return;
    }
    if (step instanceof Step.SetFastEntry set) {
      open.set(set.wanted());
      entries.removeIf(set.wanted()::isAt);
      entries.add(set.wanted());
    } else if (step instanceof Step.DeleteFastEntry delete) {
      open.delete(delete.gone());
      entries.remove(delete.gone());
    } else if (step instanceof Step.AttachFastPath attach) {
      filters.attach(netlink, attach.hook(), open.program(attach.hook().program()));
    }
  }

  /** Closes the file descriptors; what is attached stays. */
  @Override
  public void close() {
    end.run();
    FastObjects open = objects;
    if (open != null) {
      open.close();
    }
  }
}
