package io.vrouter.mesh.apply;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps the policy that was set; refuses, fails and hangs on request. */
public final class FakeFirewall implements FirewallTarget {
  public volatile @Nullable FirewallPolicy policy;
  public volatile boolean broken;
  public volatile boolean defect;

  /** What a look waits for. */
  public volatile Runnable hang = () -> {};

  public volatile boolean rulesChanged = true;
  public volatile boolean pending;
  public final AtomicInteger writes = new AtomicInteger();
  public final AtomicInteger looks = new AtomicInteger();

  @Override
  public boolean holds(FirewallPolicy wanted, boolean fresh) {
    hang.run();
    if (defect) {
      throw new IllegalStateException("the test said so");
    }
    if (fresh) {
      looks.incrementAndGet();
    }
    return wanted.equals(policy);
  }

  @Override
  public boolean rulesChanged() {
    return rulesChanged;
  }

  @Override
  public boolean stands() {
    return policy != null;
  }

  @Override
  public boolean isOpen(FirewallPolicy wanted, boolean fresh) {
    return true;
  }

  @Override
  public boolean pending() {
    return pending;
  }

  @Override
  public void afterwards() {}

  @Override
  public List<Problem> problems() {
    return List.of();
  }

  @Override
  public boolean takes(Step step) {
    return !(step instanceof Step.OnDevice);
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    return steps.stream().map(this::apply).toList();
  }

  private StepOutcome apply(Step step) {
    if (broken) {
      return StepOutcome.failed(step, "firewall", "nft is broken", "mend nft");
    }
    if (step instanceof Step.CloseForwarding) {
      return StepOutcome.done(step);
    }
    writes.incrementAndGet();
    policy = step instanceof Step.SetFirewall set ? set.policy() : null;
    return StepOutcome.done(step);
  }
}
