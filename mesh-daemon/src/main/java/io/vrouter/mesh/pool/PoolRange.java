package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Prefix;

/**
 * A range of subnets that a host claims: one /18, which is 64 subnets of /24. All ranges having one
 * size, two of them are the same or don't overlap.
 *
 * @param lamport of the claim: one more than the highest the claimer had seen, 1 to 2^53
 * @param acknowledged see the package; a claim that isn't is provisional
 */
public record PoolRange(Prefix prefix, long lamport, boolean acknowledged) {
  /** Length of a range. */
  public static final int LENGTH = 18;

  /** Length of a subnet in it. */
  public static final int SUBNET_LENGTH = 24;

  /** Subnets in a range. */
  public static final int SUBNETS = 1 << (SUBNET_LENGTH - LENGTH);

  /** The bound of Lamport numbers in records: at it, node ids decide. */
  static final long MAX_LAMPORT = 1L << 53;

  public PoolRange {
    if (!prefix.isIpv4() || prefix.length() != LENGTH) {
      throw new IllegalArgumentException(
          "'%s' is not a pool range: an IPv4 /%d".formatted(prefix, LENGTH));
    }
    if (lamport < 1 || lamport > MAX_LAMPORT) {
      throw new IllegalArgumentException(
          "'" + lamport + "' is not a Lamport number: 1 to " + MAX_LAMPORT);
    }
  }

  PoolRange acknowledge() {
    return new PoolRange(prefix, lamport, true);
  }
}
