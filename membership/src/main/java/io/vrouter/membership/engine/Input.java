package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
import java.net.InetSocketAddress;
import java.util.List;

/** What can happen to an {@link Engine}. */
public sealed interface Input {
  /** The {@link Engine#deadline} has come. One that comes early or late is harmless. */
  record Tick() implements Input {}

  /**
   * One message arrived, opened and authenticated by the transport.
   *
   * @param from the address it came from, resolved; answers go there
   */
  record Datagram(InetSocketAddress from, Bytes bytes) implements Input {}

  /** This node has a new payload, at most {@code MemberRecord.MAX_PAYLOAD} bytes. */
  record Publish(Bytes payload) implements Input {}

  /**
   * Addresses where others may be: seeds, persisted peers, answers to discovery. Known live members
   * and this node's own address are skipped; the rest is contacted within a budget.
   */
  record Discovered(List<InetSocketAddress> addresses) implements Input {
    public Discovered {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Announce that this node goes; {@link Effect.LeaveDone} follows. {@code RESTART} or {@code
   * LEAVE}.
   */
  record Leave(Intent intent) implements Input {}

  /** A link came up: retry everybody that is failed, exchange state and ask for discovery now. */
  record LinkUp() implements Input {}

  /** This host's link has no carrier any more. */
  record LinkDown() implements Input {}

  /** Drop a failed, left or replaced member here and everywhere. */
  record Forget(NodeId id) implements Input {}

  /**
   * The answer to {@link Effect.ProbeDataPath}.
   *
   * @param probe the number the effect carried; an unknown or repeated one is ignored
   */
  record DataPathAnswer(NodeId id, long probe, Answer answer) implements Input {}
}
