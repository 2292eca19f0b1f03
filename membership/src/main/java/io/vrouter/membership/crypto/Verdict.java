package io.vrouter.membership.crypto;

import java.nio.ByteBuffer;
import java.util.List;

/** What {@link SealedLink#open} makes of a datagram. */
public sealed interface Verdict {
  /**
   * Its content is fresh, from a holder of the key, and for us.
   *
   * @param frame what was sealed
   * @param group whether it was addressed to the multicast group
   */
  record Frame(ByteBuffer frame, boolean group) implements Verdict {}

  /**
   * It belongs to the talk about sessions.
   *
   * @param datagrams to be sent to where it came from, as they are; perhaps none
   */
  record Reply(List<ByteBuffer> datagrams) implements Verdict {}

  /** It changes nothing. */
  record Dropped(Reason reason) implements Verdict {}

  /** Why a datagram was dropped. */
  enum Reason {
    /** Too short, or of another version: not a datagram of ours. */
    MALFORMED,
    /** Sealed with a key we don't have: a node with another token. */
    WRONG_KEY,
    /** Names our key and wasn't made with it, or was changed on the way. */
    FORGED,
    /** Sealed for another address. */
    NOT_FOR_US,
    /** Our own, come back. */
    OWN,
    /** Counted before, or too old to know. */
    REPLAYED,
    /** Of an unknown session, and not worth a challenge. */
    UNCHALLENGED,
    /** Echoes no challenge of ours that is still good. */
    STALE,
    /** No room for another session. */
    TABLE_FULL
  }
}
