package io.vrouter.mesh.firewall;

import org.jspecify.annotations.Nullable;

/** A failed run of nft or iptables: operation, reason and fix. Nothing was written. */
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

  /** The operation attempted. */
  public String operation() {
    return operation;
  }

  /** The cause, one line: the tool's message, with its name, or ours. */
  public String reason() {
    return reason;
  }

  /** The remedy for the operator. */
  public String fix() {
    return fix;
  }
}
