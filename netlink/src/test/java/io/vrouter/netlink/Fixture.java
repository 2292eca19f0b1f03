package io.vrouter.netlink;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressRequests;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfAddr;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What the contract's tests have in common: one namespace with a VXLAN device, and short words. */
final class Fixture {
  static final int PROTOCOL = 158;
  static final int METRIC = 158;
  static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
  static final InetAddress LOCAL = ip("192.0.2.1");
  static final InetAddress PEER = ip("192.0.2.2");
  static final InetAddress OTHER = ip("192.0.2.3");

  final RtNetlink netlink;
  final int dev;

  /** Makes vx0, down. */
  Fixture(RtNetlink netlink) {
    this.netlink = netlink;
    dev = createVxlan("vx0", Vxlan.of(1000, LOCAL, 4789));
  }

  int createVxlan(String name, Vxlan vxlan) {
    netlink.request(LinkRequests.create(name, LinkInfo.of(vxlan), 1450, MAC));
    netlink.request(LinkChange.of(name).addrGenMode(IfLink.IN6_ADDR_GEN_MODE_NONE).request());
    return netlink.link(name).orElseThrow().index();
  }

  /** Switches vx0 on with 10.1.1.1/24. */
  Fixture up() {
    netlink.request(LinkChange.of(dev).up().request());
    netlink.request(AddressRequests.add(Address.of(dev, ip("10.1.1.1"), 24)));
    return this;
  }

  /** Switches vx0 on with 2001:db8:1::1/64. */
  Fixture up6() {
    netlink.request(LinkChange.of(dev).up().request());
    Address address = Address.of(dev, ip("2001:db8:1::1"), 64);
    netlink.request(
        AddressRequests.add(
            new Address(
                dev, address.address(), 64, 0, IfAddr.IFA_F_NODAD, null, null, "", List.of())));
    return this;
  }

  Link link() {
    return netlink.link(dev).orElseThrow();
  }

  Vxlan vxlan(String name) {
    return Objects.requireNonNull(netlink.link(name).orElseThrow().vxlan());
  }

  Inet4Conf inet4() {
    return Objects.requireNonNull(link().inet4());
  }

  /** The error number of a request, 0 for success. */
  int errno(Request request) {
    return netlink.batch(List.of(request)).get(0).errno();
  }

  String kernelMessage(Request request) {
    return netlink.batch(List.of(request)).get(0).kernelMessage();
  }

  /** {@code MAC dst} of each entry, with a * when it is permanent. */
  Set<String> fdb() {
    return netlink.fdb(dev).entries().stream()
        .filter(entry -> entry.dst() != null)
        .map(Fixture::text)
        .collect(Collectors.toSet());
  }

  private static String text(FdbEntry entry) {
    InetAddress dst = entry.dst();
    return entry.mac()
        + " "
        + (dst == null ? "" : dst.getHostAddress())
        + (entry.isPermanent() ? "*" : "");
  }

  Set<String> neighbors(int family) {
    return netlink.neighbors(family).entries().stream()
        .filter(one -> one.ifIndex() == dev && one.isPermanent())
        .map(one -> one.destination().getHostAddress() + " " + one.lladdr())
        .collect(Collectors.toSet());
  }

  Neighbor neighbor(String destination) {
    return Neighbor.permanent(dev, ip(destination), MAC);
  }

  /** {@code prefix via gateway proto metric} of each route of the device in the main table. */
  Set<String> routes(int family) {
    return netlink.routes(family).entries().stream()
        .filter(route -> route.oif() == dev && route.table() == 254)
        .filter(route -> !route.destination().isLinkLocalAddress())
        .map(Fixture::text)
        .collect(Collectors.toSet());
  }

  Set<String> routes() {
    return routes(Family.AF_INET);
  }

  static String text(Route route) {
    InetAddress gateway = route.gateway();
    return "%s/%d via %s proto %d metric %d"
        .formatted(
            route.destination().getHostAddress(),
            route.prefixLength(),
            gateway == null ? "none" : gateway.getHostAddress(),
            route.protocol(),
            route.metric());
  }

  Set<String> addresses() {
    return netlink.addresses().entries().stream()
        .filter(one -> one.ifIndex() == dev && !one.address().isLinkLocalAddress())
        .map(one -> one.address().getHostAddress() + "/" + one.prefixLength())
        .collect(Collectors.toSet());
  }

  Route route(String prefix, int length, String gateway, int protocol, int metric) {
    return Route.onlink(ip(prefix), length, ip(gateway), dev, protocol, metric);
  }

  Route route(String prefix, int length, String gateway) {
    return route(prefix, length, gateway, PROTOCOL, METRIC);
  }

  void add(Route route) {
    netlink.request(RouteRequests.add(route));
  }

  static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
