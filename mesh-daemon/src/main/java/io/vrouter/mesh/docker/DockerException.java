package io.vrouter.mesh.docker;

import org.jspecify.annotations.Nullable;

/** A failed request to the engine; the message contains the request and the engine's answer. */
final class DockerException extends Exception {
  private static final long serialVersionUID = 1L;

  DockerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
