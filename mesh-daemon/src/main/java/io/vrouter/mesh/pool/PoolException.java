package io.vrouter.mesh.pool;

import org.jspecify.annotations.Nullable;

/** A pool command that can't be done, or a file that can't be read: says why and what to do. */
public final class PoolException extends Exception {
  private static final long serialVersionUID = 1L;

  PoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** With a word of what to do in the message. */
  public PoolException(String message) {
    this(message, null);
  }
}
