package io.vrouter.mesh.local;

import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Rtnetlink;
import java.util.ArrayList;
import java.util.List;

/**
 * Links, addresses and default routes of both families, dumped together once for all readers. Other
 * routes are dropped as they are read: a router may have a million.
 */
record KernelLook(List<Link> links, List<Address> addresses, List<Route> routes) {
  KernelLook {
    links = List.copyOf(links);
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
  }

  /**
   * Four dumps.
   *
   * @throws io.vrouter.netlink.NetlinkException when the kernel can't be asked
   */
  static KernelLook now(RtNetlink netlink) {
    List<Route> routes = new ArrayList<>();
    for (int family : List.of(Family.AF_INET, Family.AF_INET6)) {
      RouteFilter main = RouteFilter.all(family).inTable(Rtnetlink.RT_TABLE_MAIN);
      routes.addAll(netlink.routes(main, route -> route.prefixLength() == 0).entries());
    }
    return new KernelLook(netlink.links().entries(), netlink.addresses().entries(), routes);
  }
}
