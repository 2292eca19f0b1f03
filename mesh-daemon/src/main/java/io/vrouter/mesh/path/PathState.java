package io.vrouter.mesh.path;

import java.time.Duration;

/**
 * Result of probing the path to one peer.
 *
 * @param kind result
 * @param mtu octets of the largest IP packet that arrives; 0 while unknown and when none does
 * @param roundTrip of the newest answer; zero before the first
 * @param since nanoseconds, monotonic: when the kind was entered
 * @param arrival of the peer's own probes while its kind is {@code UNREACHABLE}
 */
public record PathState(Kind kind, int mtu, Duration roundTrip, long since, Arrival arrival) {
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

  /** Whether the peer's own probes arrive at this host. */
  public enum Arrival {
    /** Not looked at, or too early to decide. */
    UNKNOWN,
    /** One came after this host's own probes began to be lost. */
    ARRIVES,
    /** None came for longer than a peer pauses. */
    MISSING
  }

  static PathState unknown(long now) {
    return new PathState(Kind.UNKNOWN, 0, Duration.ZERO, now, Arrival.UNKNOWN);
  }

  PathState to(Kind next, int newMtu, long now) {
    Arrival known = next == kind ? arrival : Arrival.UNKNOWN;
    return new PathState(next, newMtu, roundTrip, next == kind ? since : now, known);
  }

  PathState timed(Duration newest) {
    return new PathState(kind, mtu, newest, since, arrival);
  }

  PathState with(Arrival newest) {
    return new PathState(kind, mtu, roundTrip, since, newest);
  }
}
