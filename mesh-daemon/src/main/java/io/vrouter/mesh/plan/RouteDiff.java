package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Rtnetlink;
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

  private record Key(Prefix prefix, int metric) {}

  RouteDiff(Desired desired, Observed observed, DeviceDiff devices) {
    Map<Key, List<Route>> there = new HashMap<>();
    Map<Key, Route> foreign = new HashMap<>();
    for (Route route : observed.routes()) {
      Key key = new Key(Observed.prefix(route), route.metric());
      if (Observed.isOurs(route)) {
        there.computeIfAbsent(key, it -> new ArrayList<>()).add(route);
      } else if (route.tos() == 0) {
        foreign.put(key, route);
      }
    }
    Set<Route> kept = new HashSet<>();
    for (Wanted.Route wanted : desired.routes()) {
      if (devices.blocked.containsKey(wanted.device())) {
        continue;
      }
      Key key = new Key(wanted.prefix(), wanted.metric());
      List<Route> candidates = there.getOrDefault(key, List.of());
      Link link = devices.ours.get(wanted.device());
      Route right =
          candidates.stream()
              .filter(route -> link != null && isRight(wanted, route, link))
              .findFirst()
              .orElse(null);
      if (right != null) {
        kept.add(right);
      } else if (foreign.containsKey(key)) {
        problems.add(
            new Problem(
                "foreign-route",
                "%s has a route of protocol %d with our metric %d"
                    .formatted(wanted.prefix(), foreign.get(key).protocol(), wanted.metric()),
                "remove that route, or give it another metric"));
      } else if (candidates.isEmpty()) {
        add.add(new Step.AddRoute(wanted));
      } else {
        add.add(new Step.ReplaceRoute(wanted));
        // The kernel replaces the first of its prefix and metric.
        kept.add(candidates.get(0));
      }
    }
    if (!observed.interrupted().contains(Observed.Kind.ROUTE)) {
      for (Route route : observed.routes()) {
        if (Observed.isOurs(route) && !kept.contains(route)) {
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

  private static Step deletion(Route route, Observed observed) {
    return new Step.DeleteRoute(
        Observed.prefix(route),
        route.gateway(),
        observed.link(route.oif()).map(Link::name).orElse("-"),
        route.oif(),
        route.metric(),
        route.type());
  }

  private static boolean isRight(Wanted.Route wanted, Route route, Link link) {
    return wanted.via().equals(route.gateway())
        && route.oif() == link.index()
        && route.isOnlink()
        && route.type() == Rtnetlink.RTN_UNICAST
        && route.tos() == 0
        && route.mtu() == wanted.mtu()
        && route.multipath().isEmpty();
  }
}
