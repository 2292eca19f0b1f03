package io.vrouter.mesh.local;

import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Family;
import java.util.ArrayList;
import java.util.List;

/**
 * Links, addresses and routes of both families, dumped together once for all who decide by them.
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
    List<Route> routes = new ArrayList<>(netlink.routes(Family.AF_INET).entries());
    routes.addAll(netlink.routes(Family.AF_INET6).entries());
    return new KernelLook(netlink.links().entries(), netlink.addresses().entries(), routes);
  }
}
