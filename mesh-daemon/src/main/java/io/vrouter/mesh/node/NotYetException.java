package io.vrouter.mesh.node;

import io.vrouter.mesh.model.Problem;
import org.jspecify.annotations.Nullable;

/** A node can't start yet; the start is retried until the problem is over. */
public final class NotYetException extends Exception {
  private final transient Problem problem;

  NotYetException(Problem problem, @Nullable Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
  }

  /** The missing condition. */
  public Problem problem() {
    return problem;
  }
}
