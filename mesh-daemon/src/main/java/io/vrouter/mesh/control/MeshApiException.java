package io.vrouter.mesh.control;

import io.vrouter.mesh.model.Problem;

/** The daemon could not carry out a command's request. */
public final class MeshApiException extends Exception {
  private final Problem problem;

  /** With a code for programs, the cause and the next step. */
  public MeshApiException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /** The cause and the next step. */
  public Problem problem() {
    return problem;
  }
}
