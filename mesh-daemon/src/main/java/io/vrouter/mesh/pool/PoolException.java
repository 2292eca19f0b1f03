package io.vrouter.mesh.pool;

import org.jspecify.annotations.Nullable;

/**
 * A pool command can't be executed, or a file can't be read. The message contains the reason and
 * the fix.
 */
public final class PoolException extends Exception {
  private static final long serialVersionUID = 1L;

  PoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The message must contain the fix. */
  public PoolException(String message) {
    this(message, null);
  }
}
