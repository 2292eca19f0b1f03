package io.vrouter.netlink.lab;

import java.util.List;

/** What a finished command printed and how it ended. */
public record Output(List<String> command, int exit, String stdout, String stderr) {
  /** This output, when the command succeeded; else fails the test with what it printed. */
  public Output ok() {
    if (exit != 0) {
      throw new AssertionError(command + " ended with " + exit + ": " + said());
    }
    return this;
  }

  /** What it printed to stdout, without the last line's end. */
  public String text() {
    return stdout.strip();
  }

  /** What it printed to stdout, then what it printed to stderr. */
  public String said() {
    return stdout + stderr;
  }
}
