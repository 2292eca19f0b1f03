package io.vrouter.mesh.firewall;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.Nftables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own table, and the openings in the tables of others. On the reconcile thread only, except
 * {@link #legacyChanged} and {@link #legacyRules}, which the host thread calls.
 */
public final class HostFirewall implements FirewallTarget, AutoCloseable {
  /** The code of every problem of our own table. */
  public static final String CODE = NftTarget.CODE;

  private static final Logger LOG = LoggerFactory.getLogger(HostFirewall.class);

  private final NftTarget own;
  private final IptablesForwarding others;
  private final ForwardingWorker forwarding;
  private final StaleConnections connections;
  private final NftGeneration rules;
  private final ForeignChains chains;
  private final Runnable end;
  private @Nullable FirewallPolicy inForce;
  private @Nullable FirewallPolicy stale;
  private @Nullable FirewallPolicy reached;

  /** In force before the write of chains that is under way. */
  private @Nullable FirewallPolicy former;

  /**
   * Uses the tools of the search path. Calls wait for nft and iptables: for a thread that may, such
   * as an API's or a cleanup's.
   */
  public HostFirewall() {
    this(worker("firewall"), worker("nft"), null);
  }

  /**
   * As above, but no call waits for nft or iptables, apart from {@link Step.RemoveFirewall} and
   * {@link Step.CloseForwarding}: for the reconcile thread.
   *
   * @param changed run on another thread when a look or write has ended; a pass should follow
   */
  public HostFirewall(Runnable changed) {
    this(worker("firewall"), worker("nft"), changed);
  }

  private HostFirewall(ExecutorService worker, ExecutorService tables, @Nullable Runnable changed) {
    this(
        new Nft(),
        new Iptables(),
        Conntrack::open,
        Nftables::open,
        worker,
        tables,
        changed,
        () -> {
          worker.shutdownNow();
          tables.shutdown();
        });
  }

  /**
   * The thread for work that takes long with many rules or connections; accepts nothing after the
   * end.
   */
  private static ExecutorService worker(String name) {
    return new ThreadPoolExecutor(
        0,
        1,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        DaemonThreads.named(name),
        new ThreadPoolExecutor.DiscardPolicy());
  }

  /**
   * Creates the object for one network namespace.
   *
   * @param conntrack opens a socket to its connections
   * @param nftables opens a socket to its rules
   * @param worker runs long tasks one after the other
   * @param tables runs nft, one task after the other
   * @param changed run on either when its program has ended; null for calls that wait for it
   * @param end runs when this is closed
   */
  HostFirewall(
      Nft nft,
      Iptables iptables,
      Supplier<Conntrack> conntrack,
      Supplier<Nftables> nftables,
      Executor worker,
      Executor tables,
      @Nullable Runnable changed,
      Runnable end) {
    NftTable table = new NftTable(nft, nftables);
    this.own =
        new NftTarget(
            changed == null
                ? new TableWriter(table)
                : new TableWriter(
                    table, new NftTable(nft, nftables), tables, changed, System::nanoTime));
    this.others = new IptablesForwarding(iptables, nft, nftables);
    this.chains = new ForeignChains(nftables, worker);
    this.connections = new StaleConnections(conntrack, worker);
    this.forwarding =
        changed == null
            ? new ForwardingWorker(others, Runnable::run, () -> {}, System::nanoTime)
            : new ForwardingWorker(others, worker, changed, System::nanoTime);
    this.rules = new NftGeneration(nftables);
    this.end = end;
  }

  @Override
  public boolean holds(FirewallPolicy policy, boolean fresh) {
    if (own.isUnderWay()) {
      return false;
    }
    boolean ended = own.hasEnded();
    if (fresh || ended) {
      rules.looking();
    }
    boolean holds = own.holds(policy, fresh || ended);
    if (ended && holds) {
      inForce = policy;
      forget(policy, connections.problem().isPresent() ? null : former);
    }
    return holds;
  }

  @Override
  public Observed.TableWrite write(FirewallPolicy policy) {
    return own.write(policy);
  }

  @Override
  public boolean rulesChanged() {
    return rules.changed();
  }

  @Override
  public boolean stands() {
    return own.stands();
  }

  @Override
  public boolean isOpen(FirewallPolicy policy, boolean fresh) {
    if (fresh) {
      chains.look(policy);
    }
    return forwarding.isOpen(policy, fresh);
  }

  /** Starts the deletion of masqueraded connections; returns at once. */
  @Override
  public void afterwards() {
    FirewallPolicy opened = forwarding.opened();
    if (opened != null) {
      forget(opened, null);
    }
    FirewallPolicy policy = stale;
    if (policy != null) {
      stale = null;
      connections.forget(policy, reached);
    }
  }

  @Override
  public boolean pending() {
    return forwarding.isPending() || own.isUnderWay();
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(forwarding.problems());
    own.late().ifPresent(problems::add);
    connections.problem().ifPresent(problems::add);
    problems.addAll(chains.problems());
    return problems;
  }

  /**
   * Whether the rules in iptables-legacy differ from the last look, for which the kernel sends no
   * event, or the result of {@link #problems} changed. Two file reads where no such rules exist.
   * From any thread.
   */
  public boolean legacyChanged() {
    try {
      return chains.changed() || others.legacyChanged();
    } catch (FirewallException e) {
      LOG.debug("legacy rules can't be read", e);
      return false;
    }
  }

  /** Whether the last look found rules in iptables-legacy. From any thread. */
  public boolean legacyRules() {
    return others.legacyRules();
  }

  @Override
  public boolean takes(Step step) {
    return own.takes(step)
        || step instanceof Step.OpenForwarding
        || step instanceof Step.CloseForwarding;
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    return steps.stream().map(this::apply).toList();
  }

  private StepOutcome apply(Step step) {
    FirewallPolicy before = rules.changed() ? null : inForce;
    StepOutcome outcome =
        rules.writing(() -> own.takes(step) ? own(step, before) : others(step), own::transactions);
    boolean set =
        outcome.problem() == null && !outcome.underWay() && step instanceof Step.SetFirewall;
    if (set || own.takes(step)) {
      inForce = set ? ((Step.SetFirewall) step).policy() : null;
    }
    return outcome;
  }

  /** With a table in force since {@code before}, only new reach was masqueraded meanwhile. */
  private StepOutcome own(Step step, @Nullable FirewallPolicy before) {
    boolean first = !own.isUnderWay();
    StepOutcome outcome = own.apply(List.of(step)).get(0);
    if (outcome.underWay()) {
      former = first ? before : former;
    } else if (outcome.problem() == null && step instanceof Step.SetFirewall set) {
      forget(set.policy(), connections.problem().isPresent() ? null : before);
    }
    return outcome;
  }

  private void forget(FirewallPolicy policy, @Nullable FirewallPolicy before) {
    // A request by an earlier step of this pass stays.
    reached = stale == null ? before : null;
    stale = policy;
  }

  private StepOutcome others(Step step) {
    try {
      if (step instanceof Step.OpenForwarding open) {
        forwarding.open(open.policy());
      } else if (step instanceof Step.CloseForwarding) {
        forwarding.close();
      } else {
        throw new IllegalArgumentException("not a step of the firewall: " + step);
      }
      return StepOutcome.done(step);
    } catch (FirewallException e) {
      return StepOutcome.failed(
          step, IptablesForwarding.CODE, e.operation() + ": " + e.reason(), e.fix());
    }
  }

  /** Closes the sockets to nftables; the rules stay. */
  @Override
  public void close() {
    own.close();
    end.run();
    rules.close();
  }
}
