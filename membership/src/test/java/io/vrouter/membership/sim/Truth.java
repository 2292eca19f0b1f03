package io.vrouter.membership.sim;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Glimpse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every view should say, from what really is. */
final class Truth {
  private static final int ENOUGH = 20;

  private final List<SimNode> nodes;
  private final Map<NodeId, SimNode> former;

  Truth(List<SimNode> nodes, Map<NodeId, SimNode> former) {
    this.nodes = nodes;
    this.former = former;
  }

  List<String> disagreements() {
    Map<NodeId, SimNode> holders = new HashMap<>();
    for (SimNode node : nodes) {
      if (node.truth != SimNode.Truth.ABSENT) {
        holders.put(node.id(), node);
      }
    }
    List<String> wrong = new ArrayList<>();
    for (SimNode node : nodes) {
      if (node.running()) {
        compare(node, holders, wrong);
      }
    }
    return wrong;
  }

  private void compare(SimNode node, Map<NodeId, SimNode> holders, List<String> wrong) {
    Engine engine = node.daemon();
    for (SimNode other : holders.values()) {
      if (wrong.size() < ENOUGH && !right(engine, other)) {
        Member seen = node.view().members().get(other.id());
        wrong.add(
            "host %d holds %s of host %d, which is %s"
                .formatted(
                    node.index,
                    seen == null ? "nothing" : seen.state() + " " + seen.record(),
                    other.index,
                    other.truth));
      }
    }
    Glimpse.members(
        engine,
        id -> {
          MemberState state = Glimpse.state(engine, id);
          if (!holders.containsKey(id) && !rightOfFormer(former.get(id), state)) {
            wrong.add(
                "host %d sees %s, who does not exist, %s"
                    .formatted(node.index, id.abbreviated(), state));
          }
        });
  }

  /** Of a wiped disk's identity: replaced, or silent where its host is silent, too. */
  private static boolean rightOfFormer(@Nullable SimNode host, @Nullable MemberState seen) {
    return host != null
        && (seen == MemberState.REPLACED || (seen == MemberState.FAILED && !host.running()));
  }

  private static boolean right(Engine engine, SimNode other) {
    MemberState seen = Glimpse.state(engine, other.id());
    if (seen == null) {
      return false;
    }
    return switch (other.truth) {
      case RUNNING -> seen == MemberState.ALIVE && Glimpse.agrees(engine, other.daemon());
      case KILLED -> seen == MemberState.FAILED || seen == MemberState.RESTARTING;
      case CRASHED -> seen == MemberState.FAILED;
      case LEFT -> seen == MemberState.LEFT;
      case ABSENT -> true;
    };
  }
}
