package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.plan.Observed;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A namespace as sorted lines without indexes: equal texts mean equal kernels. */
final class KernelText {
  private KernelText() {}

  static String of(RtNetlink netlink) {
    Map<Integer, String> names = new HashMap<>();
    TreeSet<String> lines = new TreeSet<>();
    for (Link link : netlink.links().entries()) {
      names.put(link.index(), link.name());
      if (!link.isLoopback()) {
        lines.add(link(link));
      }
      for (FdbEntry entry : netlink.fdb(link.index()).entries()) {
        if (entry.dst() != null) {
          lines.add(
              "fdb %s dev %s dst %s %s"
                  .formatted(
                      entry.mac(),
                      link.name(),
                      text(entry.dst()),
                      entry.isPermanent() ? "permanent" : "dynamic"));
        }
      }
    }
    for (Address address : netlink.addresses().entries()) {
      String device = names.get(address.ifIndex());
      if (!"lo".equals(device) && !address.address().isLinkLocalAddress()) {
        lines.add(
            "address %s/%d dev %s"
                .formatted(text(address.address()), address.prefixLength(), device));
      }
    }
    for (Neighbor neighbor : netlink.neighbors(Family.AF_UNSPEC).entries()) {
      if (neighbor.isPermanent()) {
        lines.add(
            "neighbor %s lladdr %s dev %s"
                .formatted(
                    text(neighbor.destination()),
                    neighbor.lladdr(),
                    names.get(neighbor.ifIndex())));
      }
    }
    for (Route route : netlink.routes(Family.AF_INET).entries()) {
      if (route.table() == Rtnetlink.RT_TABLE_MAIN) {
        lines.add(
            "route %s via %s dev %s proto %d metric %d%s"
                .formatted(
                    Observed.prefix(route),
                    text(route.gateway()),
                    names.get(route.oif()),
                    route.protocol(),
                    route.metric(),
                    route.isOnlink() ? " onlink" : ""));
      }
    }
    return String.join("\n", lines);
  }

  /** The lines that have the word. */
  static List<String> lines(RtNetlink netlink, String word) {
    return of(netlink).lines().filter(line -> line.contains(word)).toList();
  }

  private static String link(Link link) {
    Vxlan vxlan = link.vxlan();
    Inet4Conf conf = link.inet4();
    return "link %s %s mtu %d %s forwarding %s"
        .formatted(
            link.name(),
            link.isUp() ? "up" : "down",
            link.mtu(),
            vxlan == null
                ? link.kind()
                : "vxlan id %d local %s port %d learning %s limit %d address %s alias '%s' rp %s"
                    .formatted(
                        vxlan.id(),
                        text(vxlan.local()),
                        vxlan.port(),
                        vxlan.learning(),
                        vxlan.limit(),
                        link.address(),
                        link.alias(),
                        conf == null ? "-" : conf.rpFilter()),
            conf == null ? "-" : conf.forwarding());
  }

  private static String text(@Nullable InetAddress address) {
    return address == null ? "-" : address.getHostAddress();
  }
}
