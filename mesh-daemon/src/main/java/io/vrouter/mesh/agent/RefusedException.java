package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Problem;

/** A request isn't carried out at all. */
final class RefusedException extends Exception {
  private final transient Problem problem;

  RefusedException(String what, String fix) {
    super(what);
    problem = new Problem(RemoteAgent.REFUSED, what, fix);
  }

  Problem problem() {
    return problem;
  }
}
