package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.agent.Agent;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Step;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries plans out and counts their steps. */
final class Writes {
  private static final Logger LOG = LoggerFactory.getLogger(Writes.class);

  private final Agent agent;
  private final Persisted memory;
  private List<Step> last = List.of();
  private long done;
  private long failed;

  Writes(Agent agent, Persisted memory) {
    this.agent = agent;
    this.memory = memory;
  }

  /**
   * The result of a plan.
   *
   * @param done steps that were carried out
   * @param failed one for each that was not
   * @param again whether all steps were carried out by the run before, too, without lasting effect
   */
  record ApplyResult(List<Step> done, List<Problem> failed, boolean again) {}

  /** The steps of {@code plan}, a part of {@code whole}, which leads to {@code desired}. */
  ApplyResult run(Desired desired, Plan whole, Plan plan) {
    return counted(plan, plan.isEmpty() ? List.of() : agent.apply(desired, whole, plan));
  }

  /** The steps that remove every object of ours. */
  ApplyResult remove(Plan cleanup) {
    return counted(cleanup, agent.remove(cleanup));
  }

  private ApplyResult counted(Plan plan, List<StepOutcome> outcomes) {
    List<Step> steps = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (StepOutcome outcome : outcomes) {
      Problem problem = outcome.problem();
      if (outcome.underWay()) {
        LOG.debug("under way: {}", outcome.step());
      } else if (problem != null) {
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
    agent.firewall().afterwards();
    boolean again = !plan.isEmpty() && plan.steps().equals(last);
    last = List.copyOf(steps);
    return new ApplyResult(steps, problems, again);
  }

  /** The counters of a pass that took this long. */
  MeshSnapshot.PassCounters counters(long passes, long nanos) {
    return new MeshSnapshot.PassCounters(passes, done, failed, nanos);
  }
}
