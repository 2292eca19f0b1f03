package io.vrouter.mesh.cli;

/** The daemon refuses to start. */
public final class StartException extends Exception {
  private final String fix;

  /** Says what was attempted and what came of it, and what to do next. */
  public StartException(String message, String fix) {
    super(message);
    this.fix = fix;
  }

  /** As above, keeping what caused it for the log. */
  public StartException(String message, String fix, Throwable cause) {
    super(message, cause);
    this.fix = fix;
  }

  /** What to do next. */
  public String fix() {
    return fix;
  }
}
