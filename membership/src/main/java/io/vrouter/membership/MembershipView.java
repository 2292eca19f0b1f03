package io.vrouter.membership;

import java.util.Map;

/**
 * An immutable snapshot of everything known, self included.
 *
 * @param settled whether no pull is outstanding and, for a fresh node, the first state exchange is
 *     done (or discovery got no answer within its time)
 */
public record MembershipView(NodeId self, Map<NodeId, Member> members, boolean settled) {
  public MembershipView {
    members = Map.copyOf(members);
  }
}
