package io.vrouter.mesh.control;

import org.jspecify.annotations.Nullable;

/** The control socket or the HTTP port can't be opened. */
public final class ControlException extends Exception {
  private final String fix;

  public ControlException(String message, String fix, @Nullable Throwable cause) {
    super(message, cause);
    this.fix = fix;
  }

  /** The next step. */
  public String fix() {
    return fix;
  }
}
