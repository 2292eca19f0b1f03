package io.vrouter.mesh.main;

import io.vrouter.mesh.api.UncaughtExceptions;
import io.vrouter.mesh.api.Waiting;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.host.SdNotify;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.node.Node;
import io.vrouter.mesh.node.NodeEnding;
import io.vrouter.mesh.node.NodeStart;
import io.vrouter.mesh.node.NotYetException;
import io.vrouter.netlink.Monitor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of the process: one node, until it ends by request. When it can't start yet, the start
 * is retried at each change of links, addresses and routes, and every second for state without
 * kernel events.
 */
final class DaemonRun {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonRun.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /** Changes come in groups: one start for each group. */
  private static final long GROUP_MILLIS = 100;

  /** Bounds the draining of old events when new ones never end. */
  private static final int BACKLOG = 1_000;

  private final MeshConfig config;
  private final Waiting waiting;
  private final SdNotify manager;
  private final UncaughtExceptions uncaught;
  private final boolean split;
  private final BooleanSupplier cleanup;
  private volatile @Nullable Node node;
  private boolean starting;
  private boolean ending;

  /**
   * Runs nothing yet.
   *
   * @param split whether the agent is another process
   * @param cleanup removes all our kernel state while no node runs; false when it failed
   */
  DaemonRun(
      MeshConfig config,
      Waiting waiting,
      SdNotify manager,
      UncaughtExceptions uncaught,
      boolean split,
      BooleanSupplier cleanup) {
    this.config = config;
    this.waiting = waiting;
    this.manager = manager;
    this.uncaught = uncaught;
    this.split = split;
    this.cleanup = cleanup;
  }

  /**
   * Returns when a node has ended by request.
   *
   * @return whether everything ended as required
   * @throws StartException when the first node can never start here
   */
  boolean run() throws StartException {
    Thread onSignal = new Thread(this::endOnSignal, "signal");
    Runtime.getRuntime().addShutdownHook(onSignal);
    manager.watch(this::live);
    try {
      return first().awaitEnd() == NodeEnding.NodeEnd.CLEAN;
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(onSignal);
      } catch (IllegalStateException e) {
        LOG.debug("a signal ends the process already", e);
      }
    }
  }

  /** Starts the node, retrying without a limit. */
  private Node first() throws StartException {
    try (Monitor monitor = Monitor.open()) {
      while (true) {
        begin();
        Node started = null;
        try {
          started = new NodeStart(config, uncaught, split).start(waiting::close);
          waiting.over();
          manager.ready("in the mesh");
          return started;
        } catch (NotYetException e) {
          missing(e.problem());
        } finally {
          began(started);
        }
        await(monitor);
      }
    }
  }

  /** A waiting daemon counts as started: the service manager must not take it for a hanging one. */
  private void missing(Problem missing) {
    waiting.on(missing);
    manager.ready("waits: " + missing.message());
  }

  /** Whether no thread of the node hangs; true without a node. */
  private boolean live() {
    Node running = node;
    return running == null || running.live();
  }

  private static void await(Monitor monitor) throws StartException {
    try {
      monitor.await(AGAIN);
      TimeUnit.MILLISECONDS.sleep(GROUP_MILLIS);
      for (int i = 0; i < BACKLOG && !monitor.await(Duration.ZERO).isEmpty(); i++) {
        LOG.trace("one change of a group");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while waiting", "start meshd again", e);
    }
  }

  private synchronized void begin() throws StartException {
    try {
      while (ending) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while ending", "start meshd again", e);
    }
    starting = true;
    node = null;
  }

  private synchronized void began(@Nullable Node started) {
    starting = false;
    node = started;
    notifyAll();
  }

  private void endOnSignal() {
    manager.stopping();
    boolean keep = config.keepDataplane();
    Node running = running();
    boolean clean = running == null || running.end(keep);
    if (!keep && running == null) {
      clean = cleanup.getAsBoolean();
    }
    // A signal that was fully handled is a success, unlike the exit code 128 + n.
    Runtime.getRuntime().halt(clean ? 0 : 1);
  }

  /** No node starts from now on. */
  private synchronized @Nullable Node running() {
    ending = true;
    try {
      while (starting) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return node;
  }
}
