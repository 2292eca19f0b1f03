package io.vrouter.mesh.firewall;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.Nftables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
  private final StaleConnections connections;
  private final NftGeneration rules;
  private @Nullable FirewallPolicy inForce;
  private final Runnable end;
  private @Nullable FirewallPolicy stale;
  private @Nullable FirewallPolicy reached;

  /** With the tools of the path. */
  public HostFirewall() {
    this(Executors.newSingleThreadExecutor(HostFirewall::thread));
  }

  private HostFirewall(ExecutorService thread) {
    this(
        new Nft(),
        new Iptables(),
        new StaleConnections(Conntrack::open, thread),
        Nftables::open,
        thread::shutdownNow);
  }

  private static Thread thread(Runnable work) {
    Thread made = new Thread(work, "conntrack");
    made.setDaemon(true);
    return made;
  }

  /**
   * All of one network namespace.
   *
   * @param nftables opens a socket to it
   * @param end runs when this is closed
   */
  HostFirewall(
      Nft nft,
      Iptables iptables,
      StaleConnections connections,
      Supplier<Nftables> nftables,
      Runnable end) {
    this.own = new NftTarget(new NftTable(nft, nftables));
    this.others = new IptablesForwarding(iptables, nft);
    this.connections = connections;
    this.end = end;
    this.rules = new NftGeneration(nftables);
  }

  @Override
  public boolean holds(FirewallPolicy policy, boolean fresh) {
    if (fresh) {
      rules.looking();
    }
    return own.holds(policy, fresh);
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
    try {
      return others.isOpen(policy, fresh);
    } catch (FirewallException e) {
      // Unknown counts as closed: the step that follows meets the same error and reports it.
      LOG.debug("other chains can't be read", e);
      return false;
    }
  }

  /** Has masqueraded connections deleted; returns at once. */
  @Override
  public void afterwards() {
    FirewallPolicy policy = stale;
    if (policy != null) {
      stale = null;
      connections.forget(policy, reached);
    }
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(others.problems());
    connections.problem().ifPresent(problems::add);
    return problems;
  }

  /**
   * Whether the rules in iptables-legacy differ from the last look: the kernel sends no event. Two
   * file reads where none exist. From any thread.
   */
  public boolean legacyChanged() {
    try {
      return others.legacyChanged();
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
        rules.writing(
            () -> own.takes(step) ? own(step, before) : others(step), own::transactions);
    boolean set = outcome.problem() == null && step instanceof Step.SetFirewall;
    if (set || own.takes(step)) {
      inForce = set ? ((Step.SetFirewall) step).policy() : null;
    }
    return outcome;
  }

  /** A table in force since {@code before} leaves only new reach masqueraded meanwhile. */
  private StepOutcome own(Step step, @Nullable FirewallPolicy before) {
    StepOutcome outcome = own.apply(List.of(step)).get(0);
    if (outcome.problem() == null && step instanceof Step.SetFirewall set) {
      forget(set.policy(), connections.problem().isPresent() ? null : before);
    }
    return outcome;
  }

  private void forget(FirewallPolicy policy, @Nullable FirewallPolicy before) {
    // What a step earlier in this pass wanted is wanted still.
    reached = stale == null ? before : null;
    stale = policy;
  }

  private StepOutcome others(Step step) {
    try {
      if (step instanceof Step.OpenForwarding open) {
        if (others.open(open.policy())) {
          forget(open.policy(), null);
        }
      } else if (step instanceof Step.CloseForwarding) {
        others.close();
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
