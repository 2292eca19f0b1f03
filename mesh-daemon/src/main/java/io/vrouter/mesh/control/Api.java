package io.vrouter.mesh.control;

/** Constants of all answers. */
public final class Api {
  /** Written first in every JSON answer. Raised when a field is removed or changes its meaning. */
  public static final String VERSION = "mesh/v1";

  private Api() {}
}
