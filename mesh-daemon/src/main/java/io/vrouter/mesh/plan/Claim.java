package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.net.InetAddress;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A host's claim to a prefix; an overlay address is claimed as the prefix of its full length.
 *
 * @param gateway the owner's own address in a container subnet, when known
 */
record Claim(
    Conflict.ClaimKind kind,
    NodeId id,
    String node,
    Vni vni,
    Prefix prefix,
    @Nullable InetAddress gateway,
    long lamport) {
  /** Grant order: lower Lamport number, then lower node id. */
  static final Comparator<Claim> PRECEDENCE =
      Comparator.comparingLong(Claim::lamport)
          .thenComparing(Claim::id)
          .thenComparing(Claim::vni)
          .thenComparing(Claim::prefix);

  /** The claim as an entry of the standing claims. */
  Holding holding() {
    return new Holding(kind, id, vni, prefix);
  }

  static Claim of(NodeId id, String node, Subnet subnet) {
    return new Claim(
        Conflict.ClaimKind.PREFIX,
        id,
        node,
        subnet.vni(),
        subnet.prefix(),
        subnet.gateway(),
        subnet.lamport());
  }

  static Claim of(NodeId id, String node, Overlay overlay) {
    InetAddress address = overlay.address();
    Prefix prefix = new Prefix(address, address.getAddress().length * 8);
    return new Claim(
        Conflict.ClaimKind.OVERLAY, id, node, overlay.vni(), prefix, null, overlay.lamport());
  }

  Conflict.Claimer side() {
    String claimed =
        kind == Conflict.ClaimKind.OVERLAY ? prefix.address().getHostAddress() : prefix.toString();
    return new Conflict.Claimer(id, node, claimed, lamport);
  }
}
