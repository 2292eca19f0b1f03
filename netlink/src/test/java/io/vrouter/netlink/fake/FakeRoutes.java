package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.FibRules;
import io.vrouter.netlink.wire.IfAddr;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** net/ipv4/fib_frontend.c, fib_semantics.c, fib_trie.c, and net/ipv6/route.c. */
final class FakeRoutes {
  private final FakeState state;

  FakeRoutes(FakeState state) {
    this.state = state;
  }

  void newRoute(Message message) throws Refusal {
    Route wanted = checked(RouteCodec.decode(message.body()));
    Optional<Route> same = state.routes.stream().filter(one -> samePlace(one, wanted)).findFirst();
    if (same.isEmpty()) {
      if (!message.has(Netlink.NLM_F_CREATE)) {
        throw new Refusal(Errno.ENOENT, "");
      }
      put(wanted);
      return;
    }
    if (message.has(Netlink.NLM_F_EXCL) || !message.has(Netlink.NLM_F_REPLACE)) {
      throw new Refusal(Errno.EEXIST, "");
    }
    // Whose protocol it carries, the kernel does not ask.
    state.routes.remove(same.get());
    put(wanted);
  }

  void delRoute(Message message) throws Refusal {
    Route wanted = RouteCodec.decode(message.body());
    Route found =
        state.routes.stream()
            .filter(one -> selects(wanted, one))
            .findFirst()
            .orElseThrow(() -> new Refusal(Errno.ESRCH, ""));
    remove(found);
  }

  /** What RTM_GETROUTE with RTM_F_FIB_MATCH answers. */
  Route getRoute(Message message) throws Refusal {
    Attributes attributes = Attributes.parse(message.body().buffer().position(RouteCodec.HEADER));
    InetAddress to =
        attributes.find(RTA_DST).map(Payload::ip).orElseThrow(() -> new Refusal(Errno.EINVAL, ""));
    InetAddress from = attributes.find(RTA_SRC).map(Payload::ip).orElse(null);
    Link input = state.links.get(attributes.find(RTA_IIF).map(Payload::s32).orElse(0));
    Route found = lookup(to, from, input == null ? "" : input.name());
    return switch (found.type()) {
      case RTN_BLACKHOLE -> throw new Refusal(Errno.EINVAL, "");
      case RTN_UNREACHABLE -> throw new Refusal(Errno.EHOSTUNREACH, "");
      case RTN_PROHIBIT -> throw new Refusal(Errno.EACCES, "");
      default -> found;
    };
  }

  private Route lookup(InetAddress to, @Nullable InetAddress from, String input) throws Refusal {
    for (Rule rule : state.rules) {
      if (!matches(rule, to, from, input)) {
        continue;
      }
      switch (rule.action()) {
        case FibRules.FR_ACT_TO_TBL -> {}
        case FibRules.FR_ACT_BLACKHOLE -> throw new Refusal(Errno.EINVAL, "");
        case FibRules.FR_ACT_PROHIBIT -> throw new Refusal(Errno.EACCES, "");
        default -> throw new Refusal(Errno.ENETUNREACH, "");
      }
      Optional<Route> best =
          state.routes.stream()
              .filter(one -> one.table() == rule.table())
              .filter(one -> FakeState.covers(one.destination(), one.prefixLength(), to))
              .min(
                  Comparator.comparingInt((Route one) -> -one.prefixLength())
                      .thenComparingInt(Route::metric));
      if (best.isPresent()) {
        return best.get();
      }
    }
    throw new Refusal(Errno.ENETUNREACH, "");
  }

  private static boolean matches(
      Rule rule, InetAddress to, @Nullable InetAddress from, String input) {
    InetAddress destination = rule.destination();
    InetAddress source = rule.source();
    return rule.family() == Family.of(to)
        && (destination == null || FakeState.covers(destination, rule.destinationLength(), to))
        && (source == null || (from != null && FakeState.covers(source, rule.sourceLength(), from)))
        && (rule.input().isEmpty() || rule.input().equals(input));
  }

  /** The routes that come with an address of a device that is up. */
  void connect(Address address) {
    boolean v4 = Family.of(address.address()) == Family.AF_INET;
    int bits = Family.bits(address.address());
    InetAddress source = v4 ? address.address() : null;
    InetAddress network = FakeState.network(address.address(), address.prefixLength());
    boolean wanted =
        address.prefixLength() < bits
            && (address.flags() & (IfAddr.IFA_F_NOPREFIXROUTE | IfAddr.IFA_F_SECONDARY)) == 0;
    if (wanted) {
      int scope = v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
      put(
          kernels(
              network,
              address.prefixLength(),
              address.ifIndex(),
              RT_TABLE_MAIN,
              v4 ? 0 : 256,
              RTN_UNICAST,
              scope,
              source));
    }
    int scope = v4 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
    put(
        kernels(
            address.address(),
            bits,
            address.ifIndex(),
            RT_TABLE_LOCAL,
            0,
            RTN_LOCAL,
            scope,
            source));
  }

  void disconnect(Address address) {
    InetAddress network = FakeState.network(address.address(), address.prefixLength());
    boolean v4 = Family.of(address.address()) == Family.AF_INET;
    for (Route route : List.copyOf(state.routes)) {
      boolean local =
          route.table() == RT_TABLE_LOCAL
              && route.destination().equals(address.address())
              && route.oif() == address.ifIndex();
      boolean connected =
          route.protocol() == RTPROT_KERNEL
              && route.table() == RT_TABLE_MAIN
              && route.oif() == address.ifIndex()
              && route.prefixLength() == address.prefixLength()
              && route.destination().equals(network)
              && (!v4 || address.address().equals(route.prefSource()));
      boolean suggested = v4 && address.address().equals(route.prefSource());
      if (local || connected || suggested) {
        remove(route);
      }
    }
  }

  void forgetDevice(int ifIndex) {
    forgetDevice(ifIndex, Family.AF_INET);
    forgetDevice(ifIndex, Family.AF_INET6);
  }

  void forgetDevice(int ifIndex, int family) {
    for (Route route : List.copyOf(state.routes)) {
      if (route.oif() == ifIndex && Family.of(route.destination()) == family) {
        remove(route);
      }
    }
  }

  /** Puts a route there as if someone else had. */
  void put(Route route) {
    state.routes.add(route);
    tell(RTM_NEWROUTE, route);
  }

  private void remove(Route route) {
    state.routes.remove(route);
    tell(RTM_DELROUTE, route);
  }

  private Route checked(Route route) throws Refusal {
    boolean v4 = Family.of(route.destination()) == Family.AF_INET;
    InetAddress network = FakeState.network(route.destination(), route.prefixLength());
    if (v4 && !network.equals(route.destination())) {
      throw new Refusal(Errno.EINVAL, "Invalid prefix for given prefix length");
    }
    InetAddress gateway = route.gateway();
    if (gateway != null && Family.of(gateway) != Family.of(route.destination())) {
      throw new Refusal(Errno.EINVAL, "");
    }
    int oif = route.oif();
    if (route.type() == RTN_UNICAST) {
      oif = device(route, gateway, v4);
    }
    int metric = route.metric() == 0 && !v4 ? 1024 : route.metric();
    return new Route(
        network,
        route.prefixLength(),
        gateway,
        oif,
        route.protocol(),
        route.table(),
        metric,
        route.flags(),
        route.type(),
        route.scope(),
        route.tos(),
        route.prefSource(),
        route.multipath(),
        route.unknown());
  }

  private int device(Route route, @Nullable InetAddress gateway, boolean v4) throws Refusal {
    if (route.oif() != 0 && !state.link(route.oif()).isUp()) {
      throw new Refusal(
          Errno.ENETDOWN,
          gateway == null ? "Device for nexthop is not up" : "Nexthop device is not up");
    }
    if (gateway == null) {
      return route.oif();
    }
    if (route.isOnlink()) {
      Link unused = state.link(route.oif());
      return route.oif();
    }
    Optional<Route> connected =
        state.routes.stream()
            .filter(one -> one.gateway() == null && one.table() == RT_TABLE_MAIN)
            .filter(one -> route.oif() == 0 || one.oif() == route.oif())
            .filter(one -> FakeState.covers(one.destination(), one.prefixLength(), gateway))
            .findFirst();
    return connected
        .orElseThrow(
            () ->
                new Refusal(
                    v4 ? Errno.ENETUNREACH : Errno.EHOSTUNREACH, "Nexthop has invalid gateway"))
        .oif();
  }

  private static boolean samePlace(Route one, Route other) {
    return one.table() == other.table()
        && one.destination().equals(other.destination())
        && one.prefixLength() == other.prefixLength()
        && one.tos() == other.tos()
        && one.metric() == other.metric();
  }

  /** A selector that is unset selects any, which is why deleting takes full ones. */
  private static boolean selects(Route wanted, Route one) {
    InetAddress gateway = wanted.gateway();
    return one.table() == wanted.table()
        && one.destination().equals(wanted.destination())
        && one.prefixLength() == wanted.prefixLength()
        && one.tos() == wanted.tos()
        && (wanted.protocol() == 0 || one.protocol() == wanted.protocol())
        && (wanted.type() == 0 || one.type() == wanted.type())
        && (gateway == null || gateway.equals(one.gateway()))
        && (wanted.oif() == 0 || one.oif() == wanted.oif())
        && (wanted.metric() == 0 || one.metric() == wanted.metric());
  }

  private static Route kernels(
      InetAddress destination,
      int prefixLength,
      int oif,
      int table,
      int metric,
      int type,
      int scope,
      @Nullable InetAddress source) {
    return new Route(
        destination,
        prefixLength,
        null,
        oif,
        RTPROT_KERNEL,
        table,
        metric,
        0,
        type,
        scope,
        0,
        source,
        List.of(),
        List.of());
  }

  private void tell(int type, Route route) {
    boolean v4 = Family.of(route.destination()) == Family.AF_INET;
    state.tell(v4 ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE, type, RouteCodec.encode(route));
  }
}
