package io.vrouter.mesh.control;

import java.time.Duration;
import java.util.List;

/** Runs one command; called on a thread of its own, which is interrupted when the client closes. */
@FunctionalInterface
public interface CommandRunner {
  /**
   * Runs to the end and returns the exit code, 0 to 255.
   *
   * @throws InterruptedException when the client closed meanwhile
   */
  int run(List<String> argv, Console console) throws InterruptedException;

  /** How long a command of a read-only user runs before it is interrupted. */
  default Duration readersLimit(List<String> argv) {
    return Duration.ofSeconds(60);
  }
}
