package io.vrouter.membership.sim;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every view should say, from what really is. */
final class Truth {
  private static final int ENOUGH = 20;

  private final List<SimNode> nodes;
  private final Map<NodeId, MemberState> former;

  Truth(List<SimNode> nodes, Map<NodeId, MemberState> former) {
    this.nodes = nodes;
    this.former = former;
  }

  List<String> disagreements() {
    Map<NodeId, SimNode> holders = new HashMap<>();
    for (SimNode node : nodes) {
      if (node.truth != SimNode.Truth.ABSENT
          && (node.truth != SimNode.Truth.FROZEN || !holders.containsKey(node.id()))) {
        holders.put(node.id(), node);
      }
    }
    Map<NodeId, Member> own = new HashMap<>();
    for (SimNode node : holders.values()) {
      if (node.running()) {
        Member self = node.view().members().get(node.id());
        if (self != null) {
          own.put(node.id(), self);
        }
      }
    }
    List<String> wrong = new ArrayList<>();
    for (SimNode node : nodes) {
      if (node.running()) {
        compare(node, holders, own, wrong);
      }
    }
    return wrong;
  }

  private void compare(
      SimNode node, Map<NodeId, SimNode> holders, Map<NodeId, Member> own, List<String> wrong) {
    MembershipView view = node.view();
    for (SimNode other : holders.values()) {
      Member seen = view.members().get(other.id());
      if (wrong.size() < ENOUGH && !right(other, seen, own.get(other.id()))) {
        wrong.add(
            "host %d holds %s of host %d, which is %s"
                .formatted(
                    node.index,
                    seen == null ? "nothing" : seen.state() + " " + seen.record(),
                    other.index,
                    other.truth));
      }
    }
    for (Member member : view.members().values()) {
      if (!holders.containsKey(member.id()) && member.state() != former.get(member.id())) {
        wrong.add(
            "host %d sees %s, who does not exist, %s"
                .formatted(node.index, member.id().abbreviated(), member.state()));
      }
    }
  }

  private static boolean right(SimNode other, @Nullable Member seen, @Nullable Member own) {
    if (seen == null) {
      return false;
    }
    return switch (other.truth) {
      case RUNNING ->
          seen.state() == MemberState.ALIVE && own != null && same(seen.record(), own.record());
      case KILLED -> seen.state() == MemberState.FAILED || seen.state() == MemberState.RESTARTING;
      case CRASHED -> seen.state() == MemberState.FAILED;
      case LEFT -> seen.state() == MemberState.LEFT;
      case FROZEN, ABSENT -> true;
    };
  }

  /** The signature stands for all that was signed, and costs a third of comparing all. */
  private static boolean same(MemberRecord one, MemberRecord other) {
    return one.signature().equals(other.signature()) && one.payload().equals(other.payload());
  }
}
