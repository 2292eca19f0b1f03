package io.vrouter.mesh.apply;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Step;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a step.
 *
 * @param problem the kernel's error and the fix; null when the step is done
 */
public record StepOutcome(Step step, @Nullable Problem problem) {
  /** The step is done. */
  public static StepOutcome done(Step step) {
    return new StepOutcome(step, null);
  }

  /** The step failed. */
  public static StepOutcome failed(Step step, String code, String message, String fix) {
    return new StepOutcome(step, new Problem(code, message, fix));
  }
}
