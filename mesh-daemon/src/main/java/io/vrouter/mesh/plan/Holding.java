package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;

/**
 * A standing claim: its path works on this host, or its origin returned with it after a partition.
 * A claim received later does not displace it.
 *
 * @param prefix of the container subnet; an overlay address with its full length
 */
public record Holding(Conflict.ClaimKind kind, NodeId id, Vni vni, Prefix prefix) {}
