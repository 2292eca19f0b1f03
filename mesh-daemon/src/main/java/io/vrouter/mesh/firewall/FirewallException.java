package io.vrouter.mesh.firewall;

import org.jspecify.annotations.Nullable;

/**
 * What was asked of nft or iptables, what came of it, and what to do next. What it was asked to
 * write has not been written.
 */
public final class FirewallException extends Exception {
  private final String operation;
  private final String reason;
  private final String fix;

  FirewallException(String operation, String reason, String fix, @Nullable Throwable cause) {
    super("%s: %s. %s".formatted(operation, reason, fix), cause);
    this.operation = operation;
    this.reason = reason;
    this.fix = fix;
  }

  /** What was attempted. */
  public String operation() {
    return operation;
  }

  /** Why it was not done, one line: the tool's own words, by its name, or ours. */
  public String reason() {
    return reason;
  }

  /** What to do next. */
  public String fix() {
    return fix;
  }
}
