package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import org.jspecify.annotations.Nullable;

/** Piggybacked updates: a member's signed record, or an unsigned claim about another member. */
public sealed interface News {
  /** The claimed standing of the subject; for a record, the one its sender holds. */
  Standing standing();

  /** The member it is about. */
  NodeId subject();

  /** Bytes on the wire. */
  int length();

  /**
   * A member's signed record.
   *
   * @param payload attached when it fits and the receiver may lack it
   * @param standing the sender's, for this incarnation; unproven
   */
  record Heard(SignedHead head, @Nullable Bytes payload, Standing standing) implements News {
    @Override
    public NodeId subject() {
      return head.id();
    }

    @Override
    public int length() {
      return 2 + head.length() + (payload == null ? 0 : 2 + payload.length());
    }
  }

  /**
   * An unsigned claim about one incarnation, worth nothing for any other.
   *
   * @param by the member with the evidence, to count independent confirmations
   */
  record Rumor(Standing standing, NodeId subject, long incarnation, NodeId by) implements News {
    /** Bytes on the wire. */
    public static final int LENGTH = 2 + 2 * NodeId.BYTES + 8;

    @Override
    public int length() {
      return LENGTH;
    }
  }
}
