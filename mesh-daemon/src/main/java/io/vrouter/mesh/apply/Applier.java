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
 * <p>No way is opened while the firewall can't be put in place: of the steps after it only those
 * that remove something are applied.
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
    boolean guarded = true;
    List<Step> together = new ArrayList<>();
    Target target = null;
    for (Step step : plan.steps()) {
      Target next = targetOf(step);
      if (next != target || !guarded) {
        guarded &= flush(target, together, outcomes);
        target = next;
      }
      if (guarded || step.removes()) {
        together.add(step);
        if (step instanceof Step.SetFirewall) {
          // The following steps depend on this outcome, even those of the same target.
          guarded &= flush(target, together, outcomes);
        }
      } else {
        outcomes.add(unguarded(step));
      }
    }
    flush(target, together, outcomes);
    return outcomes;
  }

  /** Applies the steps; false when the firewall was among them and is not in place. */
  private static boolean flush(
      @Nullable Target target, List<Step> together, List<StepOutcome> outcomes) {
    List<Step> steps = List.copyOf(together);
    together.clear();
    boolean guarded = true;
    for (StepOutcome outcome : apply(target, steps)) {
      outcomes.add(outcome);
      guarded &= outcome.problem() == null || !(outcome.step() instanceof Step.SetFirewall);
    }
    return guarded;
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
