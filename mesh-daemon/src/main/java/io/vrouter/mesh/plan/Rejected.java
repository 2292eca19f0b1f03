package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;

/**
 * A peer's prefix that gets no route here, or a network of this host that is not advertised.
 *
 * @param state why, for programs
 * @param reason why, for people
 */
public record Rejected(Prefix prefix, Vni vni, NodeId node, RouteState state, String reason) {}
