package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;

/**
 * A claim whose path works on this host, or that was met again with its origin after a cut: it
 * isn't displaced by a claim that was heard later.
 *
 * @param prefix of the container subnet; an overlay address with its full length
 */
public record Holding(Conflict.Kind kind, NodeId id, Vni vni, Prefix prefix) {}
