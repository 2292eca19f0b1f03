package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what was set. */
final class OpenFirewall implements FirewallTarget {
  volatile @Nullable FirewallPolicy policy;

  @Override
  public boolean holds(FirewallPolicy wanted, boolean fresh) {
    return wanted.equals(policy);
  }

  @Override
  public boolean rulesChanged() {
    return false;
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
    for (Step step : steps) {
      policy = step instanceof Step.SetFirewall set ? set.policy() : null;
    }
    return steps.stream().map(StepOutcome::done).toList();
  }
}
