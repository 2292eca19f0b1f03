package io.vrouter.mesh.policy;

import org.jspecify.annotations.Nullable;

/**
 * A policy that can't be used. The message contains the place, the wrong value and what is allowed.
 */
public final class PolicyException extends Exception {
  private static final long serialVersionUID = 1L;

  public PolicyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
