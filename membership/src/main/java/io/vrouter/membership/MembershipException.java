package io.vrouter.membership;

import org.jspecify.annotations.Nullable;

/** A failed operation: what was attempted, why it failed, and the next thing to do. */
public final class MembershipException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String fix;

  /**
   * Creates the error.
   *
   * @param code stable and machine-readable, e.g. {@code gossip-port-taken}
   * @param message what was attempted and what went wrong
   * @param fix the next thing to do
   */
  public MembershipException(String code, String message, String fix, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.fix = fix;
  }

  /** Stable and machine-readable. */
  public String code() {
    return code;
  }

  /** The next thing to do. */
  public String fix() {
    return fix;
  }
}
