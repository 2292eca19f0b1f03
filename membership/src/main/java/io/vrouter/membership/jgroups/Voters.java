package io.vrouter.membership.jgroups;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Electorate;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The members, for the rules about keys. */
record Voters(Supplier<MembershipView> view) implements Electorate {
  @Override
  public Set<NodeId> known() {
    return ids(state -> state != MemberState.LEFT && state != MemberState.REPLACED);
  }

  @Override
  public Set<NodeId> alive() {
    return ids(state -> state == MemberState.ALIVE);
  }

  private Set<NodeId> ids(Predicate<MemberState> which) {
    Set<NodeId> ids = new HashSet<>();
    for (Member member : view.get().members().values()) {
      if (which.test(member.state())) {
        ids.add(member.id());
      }
    }
    return ids;
  }
}
