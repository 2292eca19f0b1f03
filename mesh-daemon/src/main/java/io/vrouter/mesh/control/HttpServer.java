package io.vrouter.mesh.control;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Status page, health, metrics and the read-only API over HTTP. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int MAX_THREADS = 6;
  private static final int MAX_CONNECTIONS = 64;
  private static final int IDLE_MILLIS = 15_000;
  private static final int LIFE_SECONDS = 30;

  private final Server server;
  private final ServerConnector connector;

  private HttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Serves at once.
   *
   * @param bind port 0 takes a free one
   * @param metrics Prometheus text
   * @throws ControlException when the address can't be bound
   */
  public static HttpServer open(InetSocketAddress bind, MeshApi api, Supplier<String> metrics)
      throws ControlException {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1, IDLE_MILLIS);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    Server server = new Server(threads);
    HttpConfiguration settings = new HttpConfiguration();
    settings.setSendServerVersion(false);
    settings.setRequestHeaderSize(4_096);
    settings.setOutputBufferSize(16 * 1_024);
    ServerConnector connector =
        new ServerConnector(server, null, null, null, 0, 1, new HttpConnectionFactory(settings));
    connector.setHost(bind.getAddress().getHostAddress());
    connector.setPort(bind.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    connector.addBean(new HttpConnections(MAX_CONNECTIONS, LIFE_SECONDS, connector.getScheduler()));
    HostNames names = HostNames.of(bind.getAddress().isLoopbackAddress());
    LiveStream live =
        new LiveStream(() -> LiveStream.Snapshot.of(api), connector.getScheduler(), threads);
    server.setHandler(new HttpRoutes(api, metrics, names, live));
    try {
      // apart from start(), which wraps the cause of a failed bind
      connector.open();
      server.start();
    } catch (Exception e) {
      stop(server, connector);
      throw new ControlException(
          "HTTP address %s:%d can't be bound: %s"
              .formatted(bind.getAddress().getHostAddress(), bind.getPort(), e.getMessage()),
          "take a free port and an address of this host with --http ADDR:PORT, or --http off",
          e);
    }
    return new HttpServer(server, connector);
  }

  /** The bound port. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Stops serving. Idempotent. */
  @Override
  public void close() {
    stop(server, connector);
  }

  private static void stop(Server server, ServerConnector connector) {
    try {
      server.stop();
      connector.close();
    } catch (Exception e) {
      LOG.warn("HTTP server did not stop cleanly: {}", e.toString());
    }
  }
}
