package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/** An input of an {@link Engine}. */
public sealed interface Input {
  /** The {@link Engine#deadline} has passed. An early or late tick is harmless. */
  record Tick() implements Input {}

  /**
   * A received message, opened and authenticated by the transport: its {@code from} is the id that
   * the session is bound to.
   *
   * @param from the address it came from, resolved; answers go there
   */
  record Datagram(InetSocketAddress from, Bytes bytes) implements Input {}

  /** This node has a new payload, at most {@code MemberRecord.MAX_PAYLOAD} bytes. */
  record Publish(Bytes payload) implements Input {}

  /**
   * Addresses of possible members: seeds, persisted peers, answers to discovery. Known live members
   * and this node's own address are skipped; the others are contacted within a budget.
   */
  record Discovered(List<InetSocketAddress> addresses) implements Input {
    public Discovered {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Announce that this node leaves or restarts; {@link Effect.LeaveDone} follows.
   *
   * @param intent {@code RESTART} or {@code LEAVE}
   */
  record Leave(Intent intent) implements Input {}

  /** A link came up: retry failed members, push/pull and run discovery now. */
  record LinkUp() implements Input {}

  /** This host's link lost its carrier. */
  record LinkDown() implements Input {}

  /** Drop a failed, left or replaced member here and everywhere. */
  record Forget(NodeId id) implements Input {}

  /** All banned nodes: their records are dropped here and not taken again. */
  record Ban(Set<NodeId> ids) implements Input {
    public Ban {
      ids = Set.copyOf(ids);
    }
  }

  /**
   * The answer to {@link Effect.ProbeDataPath}.
   *
   * @param probe the number the effect carried; an unknown or repeated one is ignored
   */
  record DataPathAnswer(NodeId id, long probe, Answer answer) implements Input {}
}
