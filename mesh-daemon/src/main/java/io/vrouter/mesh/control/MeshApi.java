package io.vrouter.mesh.control;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The operations of the daemon. Called from several control threads at once; every read returns a
 * snapshot and does not wait for the reconciler, unless noted.
 *
 * <p>Nodes are named by id here; the commands resolve a name or the beginning of an id.
 */
public interface MeshApi {
  /** The version of the running daemon. */
  String version();

  /** Whether all threads that must never block still turn; a supervisor restarts on false. */
  default boolean live() {
    return true;
  }

  /** The verdict and the problems. */
  Status status();

  /**
   * The members, self included, sorted by name.
   *
   * @param all whether to list left and replaced members, too
   */
  Members members(boolean all);

  /** The routes that the records ask for, and whether they are in force here. */
  Routes routes();

  /**
   * The prefixes that are held back after their withdrawal, by prefix; waits for the reconciler.
   *
   * @throws InterruptedException when the asking command was cancelled
   */
  Withdrawn withdrawn() throws InterruptedException;

  /**
   * Releases a withdrawn prefix: containers reach it by this host's other routes again.
   *
   * @throws MeshApiException when the text is no prefix, or it isn't held back
   * @throws InterruptedException when the asking command was cancelled
   */
  void forgetPrefix(String prefix) throws MeshApiException, InterruptedException;

  /** The container networks of all members, and the refused ones of this host. */
  Networks networks();

  /** Claims that overlap, with their winners. */
  Conflicts conflicts();

  /** The last events, oldest first; bounded. */
  Events events();

  /**
   * Calls the consumer for every later event, on the event's thread: it must return at once.
   *
   * @return closes the subscription
   */
  Subscription subscribe(Consumer<Events.Event> consumer);

  /**
   * Sends one probe over the data path to the member's overlay address and waits for its answer.
   *
   * @return the round trip, empty when no answer came in time
   * @throws MeshApiException when the member is unknown or has no path from here
   * @throws InterruptedException when the asking command was cancelled
   */
  Optional<Duration> ping(String nodeId, Duration timeout)
      throws MeshApiException, InterruptedException;

  /**
   * Asks a member's daemon over gossip.
   *
   * @return the round trip, empty when no answer came in a second
   * @throws MeshApiException when the member is unknown
   */
  Optional<Duration> gossip(String nodeId) throws MeshApiException, InterruptedException;

  /**
   * Tries all networks of all pairs of living members, in both directions; takes seconds.
   *
   * @param speed whether to measure the throughput, too
   * @param progress receives each pair as it is done, from any thread, one at a time
   * @throws MeshApiException when this user may not, or no mesh runs
   */
  TestReport test(boolean speed, Consumer<TestReport.Pair> progress)
      throws MeshApiException, InterruptedException;

  /** Checks the host, the kernel objects and the reachability of members; may take seconds. */
  Doctor doctor() throws InterruptedException;

  /**
   * The steps that would be written to the kernel now, from a fresh dump.
   *
   * @throws MeshApiException when the kernel could not be read
   */
  PlanReport plan() throws MeshApiException, InterruptedException;

  /**
   * Leaves the mesh: announces it, then removes our kernel state. Returns when the kernel is clean;
   * the process stays until {@link #end}.
   *
   * @throws MeshApiException when part of our kernel state could not be removed
   */
  void leave() throws MeshApiException, InterruptedException;

  /** After {@link #leave}, ends the process, and with it the connection of the request. */
  void end();

  /**
   * Drops a failed, left or replaced member from the view.
   *
   * @throws MeshApiException when it is unknown or alive
   */
  void forget(String nodeId) throws MeshApiException;

  /** This host's ranges of the pool of subnets; empty before one was requested. */
  Pools pools();

  /** Requests a range if there is none; {@link #pools} shows it soon. */
  void wantPoolRange();

  /**
   * Writes this host's pools to the engine's {@code daemon.json}.
   *
   * @throws MeshApiException when there is no range, or the file can't be read or replaced
   */
  Pools.Applied applyPools() throws MeshApiException;

  /**
   * Allocates a subnet of this host's ranges to a name, the same again when it has one.
   *
   * @throws MeshApiException when none is free or it can't be saved
   */
  SubnetClaim claimSubnet(String name) throws MeshApiException, InterruptedException;

  /**
   * Releases the subnet of a name.
   *
   * @throws MeshApiException when no subnet has that name
   */
  SubnetClaim releaseSubnet(String name) throws MeshApiException, InterruptedException;

  /** The policy in force. */
  PolicyView policy();

  /**
   * Puts a signed policy in force here and, by gossip, on all hosts with the operator's key.
   *
   * @param signed its text
   * @throws MeshApiException when it isn't one, is signed by another key, or isn't newer
   */
  PolicyView applyPolicy(String signed) throws MeshApiException, InterruptedException;

  /** The keys and tokens of the mesh. */
  KeysApi keys();

  /**
   * Begins to change this host's WireGuard key: the new one is used once all members answered it,
   * then the former one is deleted.
   *
   * @throws MeshApiException without encryption, while a change is not complete, and when the key
   *     can't be saved
   */
  void rotateTunnelKey() throws MeshApiException;

  /** The public facts of the token. */
  TokenView token();

  /** The configuration in force, without secrets. */
  ConfigView config();

  /** Ends a subscription. Idempotent. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
