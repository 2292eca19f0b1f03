package io.vrouter.membership;

import org.jspecify.annotations.Nullable;

/** A transition in one observer's view, in the order it was decided. */
public sealed interface MembershipEvent {
  /** The member it is about. */
  NodeId id();

  /**
   * A member entered a state.
   *
   * @param from null when the member was not known before
   * @param cause for people: the failed probe, the confirming members, the signed record
   */
  record Transition(
      NodeId id, @Nullable MemberState from, MemberState to, MemberRecord record, String cause)
      implements MembershipEvent {}

  /** A member published a new record; its state is unchanged. */
  record Updated(NodeId id, MemberRecord record) implements MembershipEvent {}

  /** A member was forgotten: its tombstone expired, or an operator forgot it. */
  record Forgotten(NodeId id, String cause) implements MembershipEvent {}

  /** A problem for the operator, e.g. a clone of this node's state directory runs elsewhere. */
  record Warning(NodeId id, String code, String message, String fix) implements MembershipEvent {}
}
