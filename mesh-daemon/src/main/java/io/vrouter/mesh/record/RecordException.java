package io.vrouter.mesh.record;

import org.jspecify.annotations.Nullable;

/** A payload is not a host record. The message contains the wrong value and what is allowed. */
public final class RecordException extends Exception {
  private static final long serialVersionUID = 1L;

  RecordException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
