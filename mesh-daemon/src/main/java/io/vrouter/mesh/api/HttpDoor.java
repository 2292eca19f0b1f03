package io.vrouter.mesh.api;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.control.ControlException;
import io.vrouter.mesh.control.HttpServer;
import io.vrouter.mesh.model.Problem;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves HTTP. When its address can't be bound, the mesh runs on and the bind is retried each
 * second.
 */
public final class HttpDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);

  /** Opens the server. */
  @FunctionalInterface
  public interface Opening {
    HttpServer open() throws ControlException;
  }

  private final Opening opening;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("http-door"));
  private volatile Optional<Problem> problem = Optional.empty();
  private @Nullable HttpServer server;
  private boolean closed;

  /** Tries once, and schedules a retry on failure. */
  public HttpDoor(Opening opening) {
    this.opening = opening;
    attempt();
  }

  /** Why HTTP is not served; empty when it is. */
  public Optional<Problem> problem() {
    return problem;
  }

  private synchronized void attempt() {
    if (closed) {
      return;
    }
    try {
      server = opening.open();
      problem = Optional.empty();
      thread.shutdown();
    } catch (ControlException e) {
      if (problem.isEmpty()) {
        LOG.warn("{}; {}. Tried again every second", e.getMessage(), e.fix());
      }
      problem = Optional.of(new Problem("http-address", String.valueOf(e.getMessage()), e.fix()));
      Future<?> unused = thread.schedule(this::attempt, 1, TimeUnit.SECONDS);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    thread.shutdownNow();
    if (server != null) {
      server.close();
    }
  }
}
