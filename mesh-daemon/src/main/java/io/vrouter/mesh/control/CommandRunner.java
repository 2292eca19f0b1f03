package io.vrouter.mesh.control;

import java.util.List;

/** Runs one command; called on a thread of its own, which is interrupted when the client goes. */
@FunctionalInterface
public interface CommandRunner {
  /**
   * Runs to the end and returns the exit code, 0 to 255.
   *
   * @throws InterruptedException when the client went away meanwhile
   */
  int run(List<String> argv, Console console) throws InterruptedException;
}
