package io.vrouter.mesh.observe;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.netlink.Dump;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Dumps the relevant objects of one network namespace. One thread at a time. */
public final class Observer {
  private final RtNetlink netlink;

  /** Uses a socket that the owner closes. */
  public Observer(RtNetlink netlink) {
    this.netlink = netlink;
  }

  /**
   * A fresh dump. Addresses, neighbours and forwarding entries are those of our devices only;
   * foreign routes are those that matter to the questions.
   *
   * @param questions prefixes for which it matters what this host routes to them or a part of them
   * @throws io.vrouter.netlink.NetlinkException when the kernel doesn't answer
   */
  public Observed observe(Collection<Prefix> questions) {
    Set<Observed.DumpKind> interrupted = EnumSet.noneOf(Observed.DumpKind.class);
    List<Link> links = entries(netlink.links(), Observed.DumpKind.LINK, interrupted);
    Set<Integer> ours = new HashSet<>();
    List<FdbEntry> fdb = new ArrayList<>();
    for (Link link : links) {
      if (Observed.isOurs(link)) {
        ours.add(link.index());
        fdb.addAll(entries(netlink.fdb(link.index()), Observed.DumpKind.FDB, interrupted));
      }
    }
    List<Address> addresses = new ArrayList<>();
    List<Neighbor> neighbors = new ArrayList<>();
    for (int device : ours) {
      addresses.addAll(entries(netlink.addresses(device), Observed.DumpKind.ADDRESS, interrupted));
      neighbors.addAll(
          entries(
              netlink.neighbors(Family.AF_UNSPEC, device),
              Observed.DumpKind.NEIGHBOR,
              interrupted));
    }
    List<Route> routes = new ArrayList<>();
    RouteSieve sieve = new RouteSieve(ours, questions);
    for (int family : List.of(Family.AF_INET, Family.AF_INET6)) {
      RouteFilter main = RouteFilter.all(family).inTable(Rtnetlink.RT_TABLE_MAIN);
      routes.addAll(
          entries(
              netlink.routes(main, route -> main.test(route) && sieve.selects(route)),
              Observed.DumpKind.ROUTE,
              interrupted));
    }
    List<Rule> rules = new ArrayList<>();
    for (int family : List.of(Family.AF_INET, Family.AF_INET6)) {
      rules.addAll(entries(netlink.rules(family), Observed.DumpKind.RULE, interrupted));
    }
    return new Observed(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        rules,
        interrupted,
        Observed.Firewall.UNKNOWN,
        List.of());
  }

  /**
   * The index of the device by which the kernel would send to the address; empty without a route.
   */
  public Optional<Integer> deviceTo(InetAddress destination) {
    return netlink.routeTo(destination).map(Route::oif);
  }

  /**
   * The same for a packet that this host forwards.
   *
   * @param source not an address of this host
   * @param input index of the device by which it comes in
   */
  public Optional<Integer> deviceTo(InetAddress destination, InetAddress source, int input) {
    return netlink.routeTo(destination, source, input).map(Route::oif);
  }

  private static <T> List<T> entries(
      Dump<T> dump, Observed.DumpKind kind, Set<Observed.DumpKind> interrupted) {
    if (dump.interrupted()) {
      interrupted.add(kind);
    }
    return dump.entries();
  }
}
