package io.vrouter.mesh.firewall;

import org.jspecify.annotations.Nullable;

/** What was asked of iptables, what it said, and what to do about it. Nothing was changed by it. */
public final class IptablesException extends Exception {
  private final String operation;
  private final String words;
  private final String fix;

  IptablesException(String operation, String words, String fix, @Nullable Throwable cause) {
    super("%s: %s. %s".formatted(operation, words, fix), cause);
    this.operation = operation;
    this.words = words;
    this.fix = fix;
  }

  /** What was attempted. */
  public String operation() {
    return operation;
  }

  /** The tool's own words, one line, or why it couldn't be run. */
  public String words() {
    return words;
  }

  /** What to do next. */
  public String fix() {
    return fix;
  }
}
