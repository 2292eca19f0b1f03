package io.vrouter.mesh.log;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.control.Maintenance.LogLevel;
import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's level at run time; one for the process, as the log is. Thread-safe. */
public final class LogLevels {
  /** The only one. */
  public static final LogLevels PROCESS = new LogLevels();

  private static final Logger LOG = LoggerFactory.getLogger(LogLevels.class);

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("log-level"));
  private @Nullable ScheduledFuture<?> reverting;
  private @Nullable String former;

  private LogLevels() {
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
  }

  /** The level now, and when the former one returns. */
  public synchronized LogLevel level() {
    ScheduledFuture<?> end = reverting;
    return end == null
        ? new LogLevel(Logging.level(), null, null)
        : new LogLevel(Logging.level(), former, Math.max(0, end.getDelay(TimeUnit.SECONDS)));
  }

  /**
   * Sets the level.
   *
   * @param lasting after it the former level returns; null for no end
   * @throws MeshApiException when there is no such level
   */
  public synchronized void set(String level, @Nullable Duration lasting) throws MeshApiException {
    String before = Objects.requireNonNullElse(former, Logging.level());
    if (!Logging.level(level)) {
      throw new MeshApiException(
          new Problem(
              "bad-level", "'" + level + "' is no level", "error, warn, info, debug or trace"));
    }
    stop();
    LOG.warn("the level of this log is {} now", Logging.level());
    if (lasting != null) {
      former = before;
      reverting = timer.schedule(this::revert, lasting.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void revert() {
    String before = former;
    stop();
    if (before != null) {
      Logging.level(before);
      LOG.warn("the level of this log is {} again", before);
    }
  }

  private void stop() {
    ScheduledFuture<?> end = reverting;
    if (end != null) {
      end.cancel(false);
    }
    reverting = null;
    former = null;
  }
}
