package io.vrouter.mesh.plan;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.record.HostRecord;
import java.net.InetAddress;

/**
 * Another host, as membership and its own record describe it.
 *
 * @param endpoint the address of its gossip socket, from the signed head
 */
public record RemoteHost(NodeId id, MemberState state, HostRecord record, InetAddress endpoint) {
  /** A host whose gossip endpoint is its underlay address, as required. */
  public RemoteHost(NodeId id, MemberState state, HostRecord record) {
    this(id, state, record, record.underlay());
  }

  /** The same host with another record. */
  public RemoteHost with(HostRecord other) {
    return new RemoteHost(id, state, other, endpoint);
  }
}
