package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Step;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries plans out and counts their steps. */
final class Writes {
  private static final Logger LOG = LoggerFactory.getLogger(Writes.class);

  private final Applier applier;
  private final FirewallTarget firewall;
  private final Persisted memory;
  private List<Step> last = List.of();
  private long done;
  private long failed;

  Writes(Applier applier, FirewallTarget firewall, Persisted memory) {
    this.applier = applier;
    this.firewall = firewall;
    this.memory = memory;
  }

  /**
   * Result of a plan.
   *
   * @param done steps that were carried out
   * @param failed one for each that was not
   * @param again whether the plan equals the one before, so that its steps had no lasting effect
   */
  record ApplyResult(List<Step> done, List<Problem> failed, boolean again) {}

  ApplyResult run(Plan plan) {
    List<Step> steps = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (StepOutcome outcome : plan.isEmpty() ? List.<StepOutcome>of() : applier.run(plan)) {
      Problem problem = outcome.problem();
      if (problem != null) {
        failed++;
        problems.add(problem);
      } else {
        done++;
        steps.add(outcome.step());
        LOG.debug("done: {}", outcome.step());
        if (outcome.step() instanceof Step.RestoreForwarding restore) {
          memory.restored(restore.former());
        }
      }
    }
    firewall.afterwards();
    boolean again = !plan.isEmpty() && plan.steps().equals(last);
    last = plan.steps();
    return new ApplyResult(steps, problems, again);
  }

  /** The counters of a pass that took this long. */
  MeshSnapshot.PassCounters counters(long passes, long nanos) {
    return new MeshSnapshot.PassCounters(passes, done, failed, nanos);
  }
}
