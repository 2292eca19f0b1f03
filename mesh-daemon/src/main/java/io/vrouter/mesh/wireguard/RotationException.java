package io.vrouter.mesh.wireguard;

import org.jspecify.annotations.Nullable;

/** A change of keys that can't begin. */
public final class RotationException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the reason, for the operator. */
  public RotationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
