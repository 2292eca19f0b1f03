package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Problem;

/** The agent can't be asked, or refuses what was asked. */
public final class AgentException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Problem problem;

  AgentException(Problem problem, Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
  }

  AgentException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /** Code {@code agent-unreachable} or {@code agent-refused}, with the fix. */
  public Problem problem() {
    return problem;
  }
}
