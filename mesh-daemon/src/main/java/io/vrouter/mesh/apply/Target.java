package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.Step;
import java.util.List;

/** Applies some kinds of steps. Called on the reconcile thread only. */
public interface Target {
  /** Whether this target applies the step. Each kind of step has exactly one target. */
  boolean takes(Step step);

  /**
   * Applies steps in order. A failed step does not stop the following ones; the next pass observes
   * the actual state.
   *
   * @return one outcome per step, in order; never throws for a refusal of the kernel
   */
  List<StepOutcome> apply(List<Step> steps);
}
