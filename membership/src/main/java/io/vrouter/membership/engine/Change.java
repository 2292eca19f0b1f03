package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import org.jspecify.annotations.Nullable;

/**
 * One change of a member's state or record, made by {@link PeerStates}.
 *
 * @param before the state before; null for a member met now
 * @param renewed whether the record is another
 */
record Change(Peer peer, @Nullable MemberState before, MemberState after, boolean renewed) {

  /** Whether the state is entered by this change. */
  boolean entered(MemberState state) {
    return after == state && before != state;
  }

  /** Whether the state is left by this change. */
  boolean left(MemberState state) {
    return before == state && after != state;
  }

  /** Whether a known member that was gone is back. */
  boolean returned() {
    return peer.live()
        && before != null
        && before != MemberState.ALIVE
        && before != MemberState.SUSPECT;
  }
}
