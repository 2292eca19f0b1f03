package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans.
 *
 * <p>No way is opened while the firewall can't be put in place, or is being put there: of the steps
 * after it only those that remove something are applied.
 */
public final class Applier {
  private final List<Target> targets;

  /** Uses targets that know the steps. */
  public Applier(Target... targets) {
    this.targets = List.of(targets);
  }

  /**
   * Applies the plan's steps in order.
   *
   * @return one outcome per step, in order
   */
  public List<StepOutcome> run(Plan plan) {
    List<StepOutcome> outcomes = new ArrayList<>(plan.steps().size());
    StepOutcome firewall = null;
    List<Step> together = new ArrayList<>();
    Target target = null;
    for (Step step : plan.steps()) {
      Target next = targetOf(step);
      if (next != target || firewall != null) {
        firewall = first(firewall, flush(target, together, outcomes));
        target = next;
      }
      if (firewall == null || step.removes()) {
        together.add(step);
        if (step instanceof Step.SetFirewall) {
          // The following steps depend on this outcome, even those of the same target.
          firewall = first(firewall, flush(target, together, outcomes));
        }
      } else {
        outcomes.add(firewall.underWay() ? StepOutcome.underWay(step) : unguarded(step));
      }
    }
    flush(target, together, outcomes);
    return outcomes;
  }

  private static @Nullable StepOutcome first(
      @Nullable StepOutcome known, @Nullable StepOutcome next) {
    return known == null ? next : known;
  }

  /** Applies the steps; the outcome of the firewall when it was among them and is not in place. */
  private static @Nullable StepOutcome flush(
      @Nullable Target target, List<Step> together, List<StepOutcome> outcomes) {
    List<Step> steps = List.copyOf(together);
    together.clear();
    StepOutcome missing = null;
    for (StepOutcome outcome : apply(target, steps)) {
      outcomes.add(outcome);
      if (outcome.step() instanceof Step.SetFirewall
          && (outcome.problem() != null || outcome.underWay())) {
        missing = outcome;
      }
    }
    return missing;
  }

  private static List<StepOutcome> apply(@Nullable Target target, List<Step> steps) {
    if (steps.isEmpty()) {
      return List.of();
    }
    if (target == null) {
      return steps.stream()
          .map(
              step ->
                  StepOutcome.failed(
                      step,
                      "no-target",
                      "nothing here can do: " + step,
                      "report this as a defect, with 'meshctl report'"))
          .toList();
    }
    try {
      return target.apply(steps);
    } catch (NetlinkException e) {
      String message = String.valueOf(e.getMessage());
      return steps.stream()
          .map(
              step ->
                  StepOutcome.failed(
                      step,
                      "kernel-unreachable",
                      step + ": not known to be done, " + message,
                      "nothing: it is tried again"))
          .toList();
    }
  }

  private @Nullable Target targetOf(Step step) {
    for (Target target : targets) {
      if (target.takes(step)) {
        return target;
      }
    }
    return null;
  }

  private static StepOutcome unguarded(Step step) {
    return StepOutcome.failed(
        step,
        "firewall-missing",
        "not done while the firewall is not in place: " + step,
        "see the firewall's own problem");
  }
}
