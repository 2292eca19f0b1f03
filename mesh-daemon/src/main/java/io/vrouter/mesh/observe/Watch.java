package io.vrouter.mesh.observe;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.route.Link;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the kernel on its own thread and reports changes that may affect a plan. A failed watch
 * is reopened every 1 s and then reports a change; until then it is a problem.
 */
public final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long AGAIN_MILLIS = 1_000;

  private final Supplier<Monitor> open;
  private final Supplier<Collection<Link>> links;
  private final Consumer<Change> listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Problem> problem = Optional.empty();

  /** Null between two attempts; guarded by this. */
  private @Nullable Monitor monitor;

  /** The kind of a change. */
  public enum Change {
    /** An object with our mark, or events were lost. */
    OURS,
    /** Anything else that a plan may depend on. */
    FOREIGN
  }

  /**
   * Starts the watch.
   *
   * @param open opens the monitor; called here first, later on the watching thread
   * @param links lists the links, after the monitor was opened
   * @param listener called on the watching thread; must return at once
   * @throws NetlinkException when the kernel can't be watched
   */
  public Watch(
      Supplier<Monitor> open, Supplier<Collection<Link>> links, Consumer<Change> listener) {
    this.open = open;
    this.links = links;
    this.listener = listener;
    Monitor first = open.get();
    monitor = first;
    Relevance relevance = new Relevance(links.get());
    DaemonThreads.of("netlink-watch", () -> run(first, relevance)).start();
  }

  /** The problem of a failed watch; empty while it works. */
  public Optional<Problem> problem() {
    return problem;
  }

  private void run(Monitor first, Relevance known) {
    Monitor present = first;
    Relevance relevance = known;
    while (true) {
      try {
        follow(present, relevance);
      } catch (RuntimeException e) {
        failed(e);
      }
      Monitor next = null;
      while (next == null) {
        if (pausedUntilClosed()) {
          return;
        }
        next = opened();
      }
      present = next;
      try {
        relevance = new Relevance(links.get());
        problem = Optional.empty();
        listener.accept(Change.OURS);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private void follow(Monitor present, Relevance relevance) {
    while (closed.getCount() > 0) {
      for (MonitorEvent event : present.await(PATIENCE)) {
        if (event instanceof MonitorEvent.Overrun) {
          // One of our devices may have been made anew in the gap, under an unknown index.
          relevance.relist(links.get());
        }
        relevance.of(event).ifPresent(listener);
      }
    }
  }

  private void failed(RuntimeException e) {
    if (closed.getCount() > 0) {
      LOG.error("kernel events are not received; the watch is opened again", e);
      problem =
          Optional.of(
              Problem.warning(
                  "kernel-watch",
                  "kernel events are not received: " + e.getMessage(),
                  "nothing: the watch is opened again every second, and the kernel is read every"
                      + " 30 s meanwhile"));
    }
    swap(null);
  }

  private boolean pausedUntilClosed() {
    try {
      return closed.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private @Nullable Monitor opened() {
    try {
      Monitor next = open.get();
      return swap(next) ? next : null;
    } catch (NetlinkException e) {
      LOG.debug("the watch can't be opened yet", e);
      return null;
    }
  }

  /** Replaces the monitor and closes the former one; false when the watch is closed. */
  private synchronized boolean swap(@Nullable Monitor next) {
    Monitor before = monitor;
    if (before != null) {
      before.close();
    }
    boolean open = closed.getCount() > 0;
    monitor = open ? next : null;
    if (!open && next != null) {
      next.close();
    }
    return open;
  }

  @Override
  public void close() {
    closed.countDown();
    swap(null);
  }
}
