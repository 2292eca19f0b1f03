package io.vrouter.mesh.record;

/**
 * The number of a claim: one more than the highest seen at the time of the claim, so the older of
 * two claims has the lower number and wins, ties broken by node id. No wall clock decides.
 *
 * <p>Range 1 to {@link #MAX}. The bound keeps a member that claims an absurd number from making the
 * next number of all others overflow: numbers then stay at the bound and the node id decides.
 */
public final class Lamport {
  /** The highest number. */
  public static final long MAX = 1L << 53;

  private Lamport() {}

  /** The number for a claim made when {@code highest} is the highest seen; 0 for none. */
  public static long after(long highest) {
    return Math.min(MAX, Math.max(0, highest) + 1);
  }

  static void check(long lamport) {
    if (lamport < 1 || lamport > MAX) {
      throw new IllegalArgumentException("'" + lamport + "' is not a Lamport number: 1 to " + MAX);
    }
  }
}
