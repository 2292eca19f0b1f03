package io.vrouter.mesh.record;

import io.vrouter.mesh.model.Prefix;

/**
 * A range of subnets that a host claims from the mesh-wide pool: one /18, which is 64 subnets of
 * /24. All ranges having one size, two of them are the same or don't overlap.
 *
 * @param lamport see {@link Lamport}
 * @param acknowledged whether a majority of the range's electors voted for the claim; a claim that
 *     isn't is provisional
 */
public record PoolRange(Prefix prefix, long lamport, boolean acknowledged) {
  /** Length of a range. */
  public static final int LENGTH = 18;

  /** Length of a subnet in it. */
  public static final int SUBNET_LENGTH = 24;

  /** Subnets in a range. */
  public static final int SUBNETS = 1 << (SUBNET_LENGTH - LENGTH);

  public PoolRange {
    check(prefix);
    Lamport.check(lamport);
  }

  /** The same claim, acknowledged. */
  public PoolRange acknowledge() {
    return new PoolRange(prefix, lamport, true);
  }

  static void check(Prefix prefix) {
    if (!prefix.isIpv4() || prefix.length() != LENGTH) {
      throw new IllegalArgumentException(
          "'%s' is not a pool range: an IPv4 /%d".formatted(prefix, LENGTH));
    }
  }
}
