package io.vrouter.mesh.node;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.jgroups.MovableMembership;
import io.vrouter.mesh.model.Problem;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves gossip to the underlay's new address, on a thread of its own, and again until it succeeds.
 * All other parts of the node stay as they are. Thread-safe; no method blocks.
 */
final class UnderlayMove implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UnderlayMove.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /** Opens the identity of another boot, which counts the boot on the disk. */
  @FunctionalInterface
  interface Identities {
    NodeIdentity open() throws NotYetException;
  }

  private final MovableMembership membership;
  private final GossipConfigs configs;
  private final Identities identities;
  private final Consumer<InetAddress> moved;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("underlay-move"));
  private volatile @Nullable InetAddress target;
  private volatile Optional<Problem> problem = Optional.empty();

  /**
   * Moves nothing yet.
   *
   * @param moved receives the address on the thread of the moves
   */
  UnderlayMove(
      MovableMembership membership,
      GossipConfigs configs,
      Identities identities,
      Consumer<InetAddress> moved) {
    this.membership = membership;
    this.configs = configs;
    this.identities = identities;
    this.moved = moved;
  }

  /** Gossip is to use this address; the newest one counts. */
  void to(InetAddress address) {
    target = address;
    later(Duration.ZERO);
  }

  /** Why gossip has not moved yet. */
  Optional<Problem> problem() {
    return problem;
  }

  private void later(Duration delay) {
    try {
      Future<?> unused = thread.schedule(this::move, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the node has ended", e);
    }
  }

  private void move() {
    InetAddress address = target;
    if (address == null) {
      return;
    }
    try {
      membership.move(configs.of(address, identities.open()));
      moved.accept(address);
      problem = Optional.empty();
      if (address.equals(target)) {
        target = null;
      }
    } catch (NotYetException e) {
      failed(e.problem());
    } catch (MembershipException e) {
      failed(new Problem(e.code(), String.valueOf(e.getMessage()), e.fix()));
    }
  }

  private void failed(Problem why) {
    if (problem.isEmpty()) {
      LOG.warn("gossip has not moved yet: {}; {}", why.message(), why.fix());
    }
    problem = Optional.of(why);
    later(AGAIN);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
