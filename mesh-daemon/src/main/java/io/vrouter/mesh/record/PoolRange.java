package io.vrouter.mesh.record;

import io.vrouter.mesh.model.Prefix;
import java.util.List;

/**
 * A range of subnets that a host claims from the mesh-wide pool: one /18, which is 64 subnets of
 * /24. All ranges having one size, two of them are the same or don't overlap.
 *
 * @param lamport see {@link Lamport}
 * @param acknowledged whether a majority of the range's electors voted for the claim, by the word
 *     of its claimer; a claim that isn't is provisional. In another host's record it decides
 *     nothing
 * @param seals the electors' signatures, which prove it to others; at most {@link #MAX_SEALS}
 */
public record PoolRange(Prefix prefix, long lamport, boolean acknowledged, List<PoolSeal> seals) {
  /** Most signatures of one claim. */
  public static final int MAX_SEALS = 5;

  /** Length of a range. */
  public static final int LENGTH = 18;

  /** Length of a subnet in it. */
  public static final int SUBNET_LENGTH = 24;

  /** Subnets in a range. */
  public static final int SUBNETS = 1 << (SUBNET_LENGTH - LENGTH);

  /** A claim without signatures. */
  public PoolRange(Prefix prefix, long lamport, boolean acknowledged) {
    this(prefix, lamport, acknowledged, List.of());
  }

  public PoolRange {
    check(prefix);
    Lamport.check(lamport);
    seals = List.copyOf(seals);
    HostRecord.checkCount("signatures of a pool range", seals.size(), MAX_SEALS);
  }

  /** The same claim, acknowledged or not. */
  public PoolRange acknowledged(boolean proven) {
    return new PoolRange(prefix, lamport, proven, seals);
  }

  /** The same claim with other signatures. */
  public PoolRange with(List<PoolSeal> signed) {
    return new PoolRange(prefix, lamport, acknowledged, signed);
  }

  static void check(Prefix prefix) {
    if (!prefix.isIpv4() || prefix.length() != LENGTH) {
      throw new IllegalArgumentException(
          "'%s' is not a pool range: an IPv4 /%d".formatted(prefix, LENGTH));
    }
  }
}
