package io.vrouter.mesh.observe;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.route.Link;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the kernel on a thread of its own and says when a plan may have to change. */
public final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Monitor monitor;
  private final Relevance relevance;
  private final Consumer<Change> listener;
  private volatile boolean closed;

  /** What changed. */
  public enum Change {
    /** A link came up or an address was added: peers may be reachable that were not. */
    LINK_UP,
    /** Anything else that a plan may depend on, or events were lost. */
    OTHER
  }

  /**
   * Begins to watch.
   *
   * @param monitor opened before {@code links} were listed; closed with this
   * @param links what was there at the beginning
   * @param listener called on the watching thread; must return at once
   */
  public Watch(Monitor monitor, Collection<Link> links, Consumer<Change> listener) {
    this.monitor = monitor;
    this.relevance = new Relevance(links);
    this.listener = listener;
    DaemonThreads.of("netlink-watch", this::run).start();
  }

  private void run() {
    while (!closed) {
      try {
        for (MonitorEvent event : monitor.await(PATIENCE)) {
          relevance.of(event).ifPresent(listener);
        }
      } catch (NetlinkException e) {
        if (!closed) {
          LOG.error("kernel events are lost from now on, the periodic look remains", e);
        }
        return;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    monitor.close();
  }
}
