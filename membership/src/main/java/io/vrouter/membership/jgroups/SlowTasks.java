package io.vrouter.membership.jgroups;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.Defects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread for blocking work: name resolution and files. A failed task is logged; a periodic one
 * runs again.
 */
final class SlowTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsMembership.class);

  private final ScheduledThreadPoolExecutor executor;

  SlowTasks(String thread) {
    executor = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(thread));
  }

  /** Runs a task after some seconds, unless closed by then. */
  void after(long seconds, Runnable chore) {
    try {
      var unused = executor.schedule(() -> guarded(chore), seconds, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed before {}", chore);
    }
  }

  /** Runs a task after each interval. */
  void every(long seconds, Runnable chore) {
    after(
        seconds,
        () -> {
          guarded(chore);
          every(seconds, chore);
        });
  }

  private static void guarded(Runnable chore) {
    try {
      chore.run();
    } catch (RuntimeException e) {
      Defects.caught("a task of the discovery thread", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
