package io.vrouter.mesh.control;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Bounds the HTTP connections in number and age. Above the limit the oldest is closed: a request
 * takes milliseconds, so the oldest is idle or sends its head octet by octet. Thread-safe.
 */
final class HttpConnections implements Connection.Listener {
  private final int most;
  private final long seconds;
  private final Scheduler scheduler;
  private final Map<Connection, Scheduler.Task> open = new LinkedHashMap<>();

  /**
   * With its bounds.
   *
   * @param seconds from the opening of a connection to its end, regardless of its requests
   */
  HttpConnections(int most, long seconds, Scheduler scheduler) {
    this.most = most;
    this.seconds = seconds;
    this.scheduler = scheduler;
  }

  @Override
  public void onOpened(Connection connection) {
    eldestIfFull().ifPresent(HttpConnections::end);
    Scheduler.Task late = scheduler.schedule(() -> end(connection), seconds, TimeUnit.SECONDS);
    synchronized (open) {
      open.put(connection, late);
    }
  }

  private Optional<Connection> eldestIfFull() {
    synchronized (open) {
      Iterator<Connection> eldest = open.keySet().iterator();
      return open.size() >= most && eldest.hasNext()
          ? Optional.of(eldest.next())
          : Optional.empty();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Scheduler.Task late;
    synchronized (open) {
      late = open.remove(connection);
    }
    if (late != null) {
      late.cancel();
    }
  }

  private static void end(Connection connection) {
    connection.getEndPoint().close();
  }
}
