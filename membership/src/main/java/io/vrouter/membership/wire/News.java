package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import org.jspecify.annotations.Nullable;

/** What travels along with every message: who said what of himself, or what is said of others. */
public sealed interface News {
  /** What it says of the subject, for a record: what its sender holds. */
  Standing standing();

  /** Whom it is about. */
  NodeId subject();

  /** Bytes on the wire. */
  int length();

  /**
   * A member's own words.
   *
   * @param payload attached when it fits and the receiver may lack it
   * @param standing what the sender holds of this incarnation: hearsay that matters only to one who
   *     has never heard of the member
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
   * @param by whose evidence it is, for counting independent confirmations
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
