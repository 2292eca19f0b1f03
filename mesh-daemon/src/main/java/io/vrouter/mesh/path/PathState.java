package io.vrouter.mesh.path;

import java.time.Duration;

/**
 * Result of probing the path to one peer.
 *
 * @param kind result
 * @param mtu octets of the largest IP packet that arrives; 0 while unknown and when none does
 * @param roundTrip of the newest answer; zero before the first
 * @param since nanoseconds, monotonic: when the kind was entered
 */
public record PathState(Kind kind, int mtu, Duration roundTrip, long since) {
  /** Result of probing. */
  public enum Kind {
    /** No result yet. */
    UNKNOWN,
    /** Packets of the tunnel's MTU arrive. */
    OK,
    /** Smaller packets arrive only. */
    DEGRADED,
    /** Packets of no size are answered. */
    UNREACHABLE
  }

  static PathState unknown(long now) {
    return new PathState(Kind.UNKNOWN, 0, Duration.ZERO, now);
  }

  PathState to(Kind next, int newMtu, long now) {
    return new PathState(next, newMtu, roundTrip, next == kind ? since : now);
  }

  PathState timed(Duration newest) {
    return new PathState(kind, mtu, newest, since);
  }
}
