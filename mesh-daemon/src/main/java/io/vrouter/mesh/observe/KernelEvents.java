package io.vrouter.mesh.observe;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.NetlinkException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads kernel events on a thread of its own. Failed reading is a problem until a new monitor is
 * open, which is tried every 1 s.
 */
public final class KernelEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KernelEvents.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long AGAIN_MILLIS = 1_000;

  private final Supplier<Monitor> open;
  private final EventReceiver reader;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Problem> problem = Optional.empty();

  /** Null between two attempts; guarded by this. */
  private @Nullable Monitor monitor;

  /** The receiver of events; called on one thread at a time and must return at once. */
  public interface EventReceiver {
    /**
     * A monitor is open: what is known from before may be stale.
     *
     * @param again false for the first monitor, before the constructor returns
     */
    void opened(boolean again);

    /** One event, in the kernel's order. */
    void event(MonitorEvent event);
  }

  /**
   * Starts reading.
   *
   * @param thread name of the reading thread
   * @param open opens the monitor; called here first, later on the reading thread
   * @throws NetlinkException when the kernel can't be watched
   */
  public KernelEvents(String thread, Supplier<Monitor> open, EventReceiver reader) {
    this.open = open;
    this.reader = reader;
    Monitor first = open.get();
    monitor = first;
    reader.opened(false);
    DaemonThreads.of(thread, () -> run(first)).start();
  }

  /** The problem of failed reading; empty while it works. */
  public Optional<Problem> problem() {
    return problem;
  }

  private void run(Monitor first) {
    Monitor present = first;
    while (true) {
      try {
        follow(present);
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
        reader.opened(true);
        problem = Optional.empty();
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private void follow(Monitor present) {
    while (closed.getCount() > 0) {
      present.await(PATIENCE).forEach(reader::event);
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
