package io.vrouter.mesh.cli;

/** The exit codes of the contract. */
final class ExitCode {
  static final int OK = 0;

  /** Failed, or the mesh is unhealthy. */
  static final int FAILED = 1;

  static final int USAGE = 2;
  static final int UNREACHABLE = 3;
  static final int TIMED_OUT = 4;
  static final int PERMISSION = 5;

  private ExitCode() {}
}
