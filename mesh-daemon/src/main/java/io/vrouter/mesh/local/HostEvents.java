package io.vrouter.mesh.local;

import io.vrouter.mesh.observe.KernelEvents;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Rtnetlink;
import java.util.List;
import java.util.function.Consumer;

/**
 * Passes the meaning of events of links, addresses and routes on. After lost events the host is
 * looked at again.
 */
final class HostEvents implements KernelEvents.EventReceiver {
  private static final List<Integer> GROUPS =
      List.of(
          Rtnetlink.RTNLGRP_LINK,
          Rtnetlink.RTNLGRP_IPV4_IFADDR,
          Rtnetlink.RTNLGRP_IPV4_ROUTE,
          Rtnetlink.RTNLGRP_IPV6_IFADDR,
          Rtnetlink.RTNLGRP_IPV6_ROUTE);

  private final Consumer<LookFilter.Meaning> host;
  private LookFilter filter = new LookFilter();

  HostEvents(Consumer<LookFilter.Meaning> host) {
    this.host = host;
  }

  static Monitor monitor() {
    return Monitor.open(Netlink.NETLINK_ROUTE, GROUPS);
  }

  @Override
  public void opened(boolean again) {
    filter = new LookFilter();
    if (again) {
      host.accept(LookFilter.Meaning.LOOK);
    }
  }

  @Override
  public void event(MonitorEvent event) {
    host.accept(filter.of(event));
  }
}
