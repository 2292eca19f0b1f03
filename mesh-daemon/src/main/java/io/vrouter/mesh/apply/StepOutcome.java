package io.vrouter.mesh.apply;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Step;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a step.
 *
 * @param problem the kernel's error and the fix; null when the step is done or under way
 * @param underWay whether the step is being done on another thread, or waits for such a step
 */
public record StepOutcome(Step step, @Nullable Problem problem, boolean underWay) {
  /** Of a step that has ended. */
  public StepOutcome(Step step, @Nullable Problem problem) {
    this(step, problem, false);
  }

  /** The step has not ended: a later pass sees its end. */
  public static StepOutcome underWay(Step step) {
    return new StepOutcome(step, null, true);
  }

  /** The step is done. */
  public static StepOutcome done(Step step) {
    return new StepOutcome(step, null);
  }

  /** The step failed. */
  public static StepOutcome failed(Step step, String code, String message, String fix) {
    return new StepOutcome(step, new Problem(code, message, fix));
  }
}
