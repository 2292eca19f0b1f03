package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;

/**
 * The claims about one member: its signed head, and the standing of that incarnation. {@link
 * #merge} is the whole precedence of membership.
 */
record Belief(SignedHead head, Standing standing) {

  /**
   * The stronger of two claims about one member, part by part.
   *
   * <p>The newer head wins ({@link SignedHead#compareTo}). A standing counts only for its own
   * incarnation: of two at the same incarnation the later in {@link Standing}'s order wins; one
   * about an older incarnation is void. Commutative, associative and idempotent, so the order of
   * arrival does not matter.
   */
  static Belief merge(Belief a, Belief b) {
    SignedHead head = a.head.compareTo(b.head) >= 0 ? a.head : b.head;
    int incarnations = Long.compareUnsigned(a.head.incarnation(), b.head.incarnation());
    Standing standing;
    if (incarnations == 0) {
      standing = a.standing.compareTo(b.standing) >= 0 ? a.standing : b.standing;
    } else {
      standing = incarnations > 0 ? a.standing : b.standing;
    }
    return new Belief(head, standing);
  }

  /** The member's state by this belief; a forgotten member is hidden besides. */
  MemberState state() {
    return switch (head.intent()) {
      case LEAVE -> MemberState.LEFT;
      case STAY ->
          switch (standing) {
            case ALIVE -> MemberState.ALIVE;
            case SUSPECT -> MemberState.SUSPECT;
            case RESTARTING -> MemberState.RESTARTING;
            case FAILED -> MemberState.FAILED;
            case REPLACED -> MemberState.REPLACED;
            case FORGOTTEN -> MemberState.LEFT;
          };
      case RESTART ->
          switch (standing) {
            case ALIVE, SUSPECT, RESTARTING -> MemberState.RESTARTING;
            case FAILED -> MemberState.FAILED;
            case REPLACED -> MemberState.REPLACED;
            case FORGOTTEN -> MemberState.LEFT;
          };
    };
  }
}
