package io.vrouter.mesh.host;

import io.vrouter.mesh.model.Problem;
import org.jspecify.annotations.Nullable;

/** This host lacks a requirement of the daemon; the problem contains it and the fix. */
public final class HostException extends Exception {
  private final transient Problem problem;

  public HostException(Problem problem) {
    this(problem, null);
  }

  HostException(Problem problem, @Nullable Throwable cause) {
    super(problem.message() + ". " + problem.fix(), cause);
    this.problem = problem;
  }

  /** The problem for the operator. */
  public Problem problem() {
    return problem;
  }
}
