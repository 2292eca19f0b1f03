package io.vrouter.mesh.local;

import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Rtnetlink;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes events of links, addresses and routes to a {@link HostWatch}, on a thread of its own. */
final class HostEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostEvents.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<Integer> GROUPS =
      List.of(
          Rtnetlink.RTNLGRP_LINK,
          Rtnetlink.RTNLGRP_IPV4_IFADDR,
          Rtnetlink.RTNLGRP_IPV4_ROUTE,
          Rtnetlink.RTNLGRP_IPV6_IFADDR,
          Rtnetlink.RTNLGRP_IPV6_ROUTE);

  private final Monitor monitor = Monitor.open(Netlink.NETLINK_ROUTE, GROUPS);
  private final LookFilter filter = new LookFilter();
  private final HostWatch host;
  private volatile boolean closed;

  /** Starts the thread. */
  HostEvents(HostWatch host) {
    this.host = host;
    Thread thread = new Thread(this::run, "host-events");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        for (MonitorEvent event : monitor.await(PATIENCE)) {
          host.take(filter.of(event));
        }
      } catch (NetlinkException e) {
        if (!closed) {
          LOG.error("events of links and addresses are lost from now on: restart meshd", e);
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
