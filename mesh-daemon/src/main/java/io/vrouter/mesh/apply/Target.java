package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.Step;
import java.util.List;

/** Something that can take some kinds of steps. Called on the reconcile thread only. */
public interface Target {
  /** Whether this target takes the step. Each kind of step has exactly one target. */
  boolean takes(Step step);

  /**
   * Takes steps in order. A step that fails does not stop the following ones; the next pass sees
   * what really is installed.
   *
   * @return one outcome per step, in order; never throws for what the kernel refuses
   */
  List<StepOutcome> apply(List<Step> steps);
}
