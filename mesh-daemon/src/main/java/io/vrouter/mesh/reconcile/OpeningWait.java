package io.vrouter.mesh.reconcile;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the own record back while iptables opens the way to what it advertises, {@link #PATIENCE}
 * at most: the record has other parts, too.
 */
final class OpeningWait {
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private @Nullable Long until;
  private boolean over;

  /**
   * Whether the record waits.
   *
   * @param pending whether a request to the firewall is under way
   * @param now in nanoseconds, on the clock of {@link #deadline}
   */
  boolean holds(boolean pending, long now) {
    if (!pending) {
      until = null;
      over = false;
      return false;
    }
    Long end = until == null ? Long.valueOf(now + PATIENCE.toNanos()) : until;
    until = end;
    over |= now - end >= 0;
    return !over;
  }

  /** When the record waits no longer; empty when it does not wait. */
  Optional<Long> deadline() {
    return over ? Optional.empty() : Optional.ofNullable(until);
  }
}
