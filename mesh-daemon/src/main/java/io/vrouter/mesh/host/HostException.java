package io.vrouter.mesh.host;

import io.vrouter.mesh.model.Problem;
import org.jspecify.annotations.Nullable;

/** This host doesn't have what the daemon needs; the problem says what, and what to do next. */
public final class HostException extends Exception {
  private final transient Problem problem;

  public HostException(Problem problem) {
    this(problem, null);
  }

  HostException(Problem problem, @Nullable Throwable cause) {
    super(problem.message() + ". " + problem.fix(), cause);
    this.problem = problem;
  }

  /** For the operator. */
  public Problem problem() {
    return problem;
  }
}
