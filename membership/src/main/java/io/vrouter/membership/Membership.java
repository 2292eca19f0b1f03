package io.vrouter.membership;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The membership of one mesh as the daemon sees it. All methods may be called from any thread and
 * none blocks, except {@link #start}, {@link #leave} and {@link #close}.
 */
public interface Membership extends AutoCloseable {
  /** This node's id. */
  NodeId self();

  /**
   * Binds the socket and begins to look for others.
   *
   * @param payload the first record's payload
   * @throws MembershipException when the socket can't be bound
   */
  void start(Bytes payload) throws MembershipException;

  /**
   * Publishes a new payload: signed, with a raised version, pushed at once. Publishing the current
   * payload again does nothing.
   *
   * @throws IllegalArgumentException when longer than {@link MemberRecord#MAX_PAYLOAD}
   */
  void publish(Bytes payload);

  /** The newest snapshot. */
  MembershipView view();

  /**
   * Adds a listener, called by one thread at a time after the snapshot was replaced. It must return
   * at once.
   */
  void listen(Consumer<MembershipEvent> listener);

  /**
   * Tells that a link came up or an address changed: an immediate round of discovery and gossip.
   */
  void linkChanged();

  /**
   * Tells that this host's link has no carrier: until {@link #linkChanged} those who are gone are
   * tried but seldom.
   */
  void linkLost();

  /** Drops a failed, left or replaced member from this view, and tells the others to. */
  void forget(NodeId id);

  /**
   * Announces the intent, signed, and waits until some peers have acknowledged it or the patience
   * has run out. The node sends nothing afterwards.
   */
  void leave(MemberRecord.Intent intent, Duration patience);

  /** Ends at once, without a word to the others. Idempotent. */
  @Override
  void close();
}
