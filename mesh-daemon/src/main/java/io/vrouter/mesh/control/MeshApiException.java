package io.vrouter.mesh.control;

/** The daemon could not do what a command asked. */
public final class MeshApiException extends Exception {
  private final Problem problem;

  /** With a code for programs, the cause, and what to do next. */
  public MeshApiException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /** What went wrong and what to do. */
  public Problem problem() {
    return problem;
  }
}
