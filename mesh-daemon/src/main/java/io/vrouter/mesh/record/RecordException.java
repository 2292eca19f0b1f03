package io.vrouter.mesh.record;

import org.jspecify.annotations.Nullable;

/** A payload that is not a host record: says which value is wrong and what is allowed. */
public final class RecordException extends Exception {
  private static final long serialVersionUID = 1L;

  RecordException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
