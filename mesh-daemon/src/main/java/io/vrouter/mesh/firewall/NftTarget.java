package io.vrouter.mesh.firewall;

import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.apply.Target;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Step;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies our own table's steps to {@link TableWriter}. On the reconcile thread only. */
final class NftTarget implements Target, AutoCloseable {
  /** The code of every problem of this target. */
  static final String CODE = "firewall";

  private static final Logger LOG = LoggerFactory.getLogger(NftTarget.class);

  private final NftTable table;
  private final TableWriter writer;

  NftTarget(TableWriter writer) {
    this.table = writer.table();
    this.writer = writer;
  }

  /** As {@link io.vrouter.mesh.apply.FirewallTarget#write}. */
  Observed.TableWrite write(FirewallPolicy policy) {
    return writer.write(policy);
  }

  /** As {@link TableWriter#isUnderWay}. */
  boolean isUnderWay() {
    return writer.isUnderWay();
  }

  /** As {@link TableWriter#hasEnded}. */
  boolean hasEnded() {
    return writer.hasEnded();
  }

  /** As {@link TableWriter#late}. */
  Optional<Problem> late() {
    return writer.late();
  }

  /** As {@link io.vrouter.mesh.apply.FirewallTarget#holds}. */
  boolean holds(FirewallPolicy policy, boolean fresh) {
    if (!fresh) {
      return table.isWritten(policy);
    }
    try {
      return table.compare(policy) == NftTable.TableState.CURRENT;
    } catch (FirewallException e) {
      // Unknown counts as not held: the next step meets the same error and reports it.
      LOG.debug("the firewall can't be read", e);
      return false;
    }
  }

  /** As {@link NftTable#transactions}. */
  int transactions() {
    return table.transactions();
  }

  /** As {@link io.vrouter.mesh.apply.FirewallTarget#stands}. */
  boolean stands() {
    try {
      return table.stands();
    } catch (FirewallException e) {
      LOG.debug("the firewall can't be read", e);
      return false;
    }
  }

  @Override
  public boolean takes(Step step) {
    return step instanceof Step.SetFirewall || step instanceof Step.RemoveFirewall;
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    return steps.stream().map(this::apply).toList();
  }

  private StepOutcome apply(Step step) {
    try {
      if (step instanceof Step.SetFirewall set) {
        return writer.set(set.policy()) ? StepOutcome.done(step) : StepOutcome.underWay(step);
      } else if (step instanceof Step.RemoveFirewall) {
        writer.remove();
      } else {
        throw new IllegalArgumentException("not a step of the firewall: " + step);
      }
      return StepOutcome.done(step);
    } catch (FirewallException e) {
      return StepOutcome.failed(step, CODE, e.operation() + ": " + e.reason(), e.fix());
    }
  }

  /** Closes the socket; the table stays. */
  @Override
  public void close() {
    writer.close();
  }
}
