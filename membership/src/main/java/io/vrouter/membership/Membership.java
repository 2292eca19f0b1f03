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
   * Binds the socket and starts discovery.
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

  /**
   * Time since the gossip thread last began a turn; it begins one at least every second. A value
   * above some seconds means a stuck thread. Zero before the start.
   */
  Duration sinceLastTurn();

  /** The newest snapshot. */
  MembershipView view();

  /**
   * Adds a listener, called by one thread at a time after the snapshot was replaced. It must return
   * at once.
   */
  void listen(Consumer<MembershipEvent> listener);

  /** Reports that a link came up or an address changed: discovery and gossip run at once. */
  void linkChanged();

  /**
   * Reports that this host's link has no carrier: until {@link #linkChanged} failed members are
   * retried rarely.
   */
  void linkLost();

  /** Drops a failed, left or replaced member from this view and from the other hosts' views. */
  void forget(NodeId id);

  /**
   * Announces the intent in a signed record and waits until some peers acknowledge it, at most for
   * {@code patience}. The node sends nothing afterwards.
   */
  void leave(MemberRecord.Intent intent, Duration patience);

  /** Ends at once and announces nothing. Idempotent. */
  @Override
  void close();
}
