package io.vrouter.mesh.engines;

import java.util.List;

/** What a finished command printed and how it ended. */
public record Output(List<String> command, int exit, String stdout, String stderr) {
  /** This output, when the command succeeded; else fails the test with what it said. */
  public Output ok() {
    if (exit != 0) {
      throw new AssertionError(command + " ended with " + exit + ": " + stderr + stdout);
    }
    return this;
  }

  /** What it printed, without the last line's end. */
  public String text() {
    return stdout.strip();
  }
}
