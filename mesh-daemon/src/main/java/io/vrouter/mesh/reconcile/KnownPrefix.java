package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import org.jspecify.annotations.Nullable;

/**
 * A prefix that the mesh holds, or held within the last {@link WithdrawnPrefixes#LEASE}.
 *
 * @param kind of the claim; an overlay address is a prefix of its full length, and never withdrawn
 * @param origin the member that has or had it; null when an earlier version saved it
 * @param vni null when an earlier version saved it
 * @param withdrawnSeconds seconds of daemon time since its withdrawal; {@link #HELD} while it holds
 */
public record KnownPrefix(
    Conflict.ClaimKind kind,
    Prefix prefix,
    @Nullable NodeId origin,
    @Nullable Vni vni,
    long withdrawnSeconds) {
  /** The {@code withdrawnSeconds} of a prefix that is not withdrawn. */
  public static final long HELD = -1;

  /** For container subnets. */
  public KnownPrefix(
      Prefix prefix, @Nullable NodeId origin, @Nullable Vni vni, long withdrawnSeconds) {
    this(Conflict.ClaimKind.PREFIX, prefix, origin, vni, withdrawnSeconds);
  }

  public KnownPrefix {
    if (withdrawnSeconds < HELD) {
      throw new IllegalArgumentException(
          "'" + withdrawnSeconds + "' seconds since a withdrawal: 0 or more, -1 for none");
    }
  }

  /** Seconds of daemon time until a withdrawn prefix is released, 0 or more. */
  public long remainingSeconds() {
    return Math.max(0, WithdrawnPrefixes.LEASE.toSeconds() - Math.max(0, withdrawnSeconds));
  }
}
