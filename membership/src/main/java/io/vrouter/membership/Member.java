package io.vrouter.membership;

/**
 * One host as the observer sees it.
 *
 * @param since when the state was entered, in nanoseconds on the clock the observer was given
 *     (monotonic, comparable only to that clock)
 */
public record Member(NodeId id, MemberState state, MemberRecord record, long since) {}
