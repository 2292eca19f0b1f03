package io.vrouter.membership;

import java.util.Map;

/**
 * An immutable snapshot of all known members, this node included.
 *
 * @param settled whether this node has caught up: becomes true after the first state exchange, when
 *     the records that it named have arrived or were awaited for 3 s, or when discovery got no
 *     answer within its time; stays true afterwards, whatever is fetched later
 */
public record MembershipView(NodeId self, Map<NodeId, Member> members, boolean settled) {
  public MembershipView {
    members = Map.copyOf(members);
  }
}
