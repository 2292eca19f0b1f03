package io.vrouter.mesh.cli;

/** The daemon refuses to start. */
public final class StartException extends Exception {
  private final String fix;

  /** With the cause and the next step. */
  public StartException(String message, String fix) {
    super(message);
    this.fix = fix;
  }

  /** As above, with the exception for the log. */
  public StartException(String message, String fix, Throwable cause) {
    super(message, cause);
    this.fix = fix;
  }

  /** The next step. */
  public String fix() {
    return fix;
  }
}
