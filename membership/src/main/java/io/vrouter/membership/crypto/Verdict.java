package io.vrouter.membership.crypto;

import io.vrouter.membership.NodeId;
import java.nio.ByteBuffer;
import java.util.List;

/** Result of {@link SealedLink#open}. */
public sealed interface Verdict {
  /**
   * A fresh frame, addressed to this node.
   *
   * @param frame the plaintext
   * @param group whether it was addressed to the multicast group
   * @param sender the node that the session belongs to
   */
  record Opened(ByteBuffer frame, boolean group, NodeId sender) implements Verdict {}

  /**
   * A challenge or its answer.
   *
   * @param datagrams to send to the source, unchanged; perhaps none
   */
  record Reply(List<ByteBuffer> datagrams) implements Verdict {}

  /** Dropped without effect. */
  record Dropped(Reason reason) implements Verdict {}

  /** Why a datagram was dropped. */
  enum Reason {
    /** Too short, or of another version. */
    MALFORMED,
    /** Sealed with a key this node does not have: of another mesh, or of an epoch unknown here. */
    WRONG_KEY,
    /** Authentication failed: not sealed with the named key, or changed on the way. */
    FORGED,
    /** Sealed with a key that only lets its sender ask for the epoch's key. */
    NOT_ADMITTED,
    /** Sealed for another address. */
    NOT_FOR_US,
    /** This node's own datagram. */
    OWN,
    /** Its counter was seen before, or is below the replay window. */
    REPLAYED,
    /** Of an unknown session, and too small for a challenge, or not selected for one. */
    UNCHALLENGED,
    /** Echoes no valid cookie or frame of this boot. */
    STALE,
    /** Its signature isn't one of the node it names. */
    UNPROVEN,
    /**
     * Its node or address committed too many offences within the last minute, or begins too many
     * sessions.
     */
    REFUSED,
    /** It names another sender than the node of its session. */
    FOREIGN_SENDER,
    /** The session table is full. */
    TABLE_FULL
  }
}
