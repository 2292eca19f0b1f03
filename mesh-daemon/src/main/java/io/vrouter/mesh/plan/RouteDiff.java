package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Rtnetlink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our routes in the main table. */
final class RouteDiff {
  final List<Step> add = new ArrayList<>();
  final List<Step> delete = new ArrayList<>();
  final List<Problem> problems = new ArrayList<>();

  private record RouteKey(Prefix prefix, int metric) {}

  /**
   * Compares the desired with the observed routes.
   *
   * @param emptied devices whose routes the kernel may drop by an earlier step
   */
  RouteDiff(KernelState desired, Observed observed, DeviceDiff devices, Set<String> emptied) {
    Map<RouteKey, List<Route>> there = new HashMap<>();
    Map<RouteKey, Route> foreign = new HashMap<>();
    for (Route route : observed.routes()) {
      RouteKey key = new RouteKey(Observed.prefix(route), route.metric());
      if (route.tos() != 0 || TunnelDiff.isFor(route)) {
        continue;
      }
      if (Observed.isOurs(route)) {
        there.computeIfAbsent(key, it -> new ArrayList<>()).add(route);
      } else {
        foreign.put(key, route);
      }
    }
    Set<Route> kept = new HashSet<>();
    for (Wanted.Route wanted : desired.routes()) {
      if (devices.blocked.containsKey(wanted.device())) {
        continue;
      }
      RouteKey key = new RouteKey(wanted.prefix(), wanted.metric());
      List<Route> candidates = there.getOrDefault(key, List.of());
      Link link = devices.ours.get(wanted.device());
      Route right =
          candidates.stream()
              .filter(route -> link != null && isRight(wanted, route, link))
              .findFirst()
              .orElse(null);
      if (right != null) {
        kept.add(right);
        if (emptied.contains(wanted.device())) {
          add.add(new Step.ReplaceRoute(wanted));
        }
      } else if (foreign.containsKey(key)) {
        problems.add(RoutesInForce.inPlace(wanted.prefix(), foreign.get(key)));
      } else if (candidates.isEmpty()) {
        add.add(new Step.AddRoute(wanted));
      } else {
        add.add(new Step.ReplaceRoute(wanted));
        // The kernel replaces the first route of its prefix and metric.
        kept.add(candidates.get(0));
      }
    }
    if (!observed.interrupted().contains(Observed.DumpKind.ROUTE)) {
      for (Route route : observed.routes()) {
        if (Observed.isOurs(route) && !kept.contains(route) && !TunnelDiff.isFor(route)) {
          delete.add(deletion(route, observed));
        }
      }
    }
  }

  static void deleteAll(Observed observed, List<Step> steps) {
    for (Route route : observed.routes()) {
      if (Observed.isOurs(route)) {
        steps.add(deletion(route, observed));
      }
    }
  }

  static Step deletion(Route route, Observed observed) {
    // A route with a next hop object is not found by a gateway or a device.
    boolean plain = new Attributes(route.unknown()).find(Rtnetlink.RTA_NH_ID).isEmpty();
    return new Step.DeleteRoute(
        Observed.prefix(route),
        plain ? route.gateway() : null,
        observed.link(route.oif()).map(Link::name).orElse("-"),
        plain ? route.oif() : 0,
        route.metric(),
        route.type(),
        route.tos());
  }

  private static boolean isRight(Wanted.Route wanted, Route route, Link link) {
    return wanted.via().equals(route.gateway())
        && route.oif() == link.index()
        && route.isOnlink()
        && (route.flags() & Rtnetlink.RTNH_F_PERVASIVE) == 0
        && route.type() == Rtnetlink.RTN_UNICAST
        && route.scope() == Rtnetlink.RT_SCOPE_UNIVERSE
        && route.prefSource() == null
        && route.multipath().isEmpty()
        && route.unknown().stream().allMatch(it -> isRight(wanted, it))
        && route.mtu() == wanted.mtu();
  }

  /** An attribute not named here is not ours: realms, encapsulations, next hop objects. */
  private static boolean isRight(Wanted.Route wanted, Attribute attribute) {
    return switch (attribute.type()) {
      case Rtnetlink.RTA_CACHEINFO -> !expires(attribute.payload().buffer());
      case Rtnetlink.RTA_PREF -> attribute.payload().u8() == 0;
      case Rtnetlink.RTA_METRICS ->
          wanted.mtu() != 0
              && attribute.payload().attributes().list().stream()
                  .allMatch(metric -> metric.type() == Rtnetlink.RTAX_MTU);
      default -> false;
    };
  }

  /**
   * {@code struct rta_cacheinfo}: the third field is the time to expiry in clock ticks, 0 for none.
   */
  private static boolean expires(ByteBuffer cacheInfo) {
    return cacheInfo.remaining() >= 12 && cacheInfo.getInt(8) != 0;
  }
}
