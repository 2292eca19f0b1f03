package io.vrouter.mesh.docker;

import org.jspecify.annotations.Nullable;

/** A request to the engine that failed: says what was asked, and what the engine answered. */
final class DockerException extends Exception {
  private static final long serialVersionUID = 1L;

  DockerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
