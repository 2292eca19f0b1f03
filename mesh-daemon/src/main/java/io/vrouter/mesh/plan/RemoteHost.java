package io.vrouter.mesh.plan;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.record.HostRecord;

/** Another host, as membership and its own record tell. */
public record RemoteHost(NodeId id, MemberState state, HostRecord record) {}
