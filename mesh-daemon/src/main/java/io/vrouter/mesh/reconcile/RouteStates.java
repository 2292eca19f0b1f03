package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Rejected;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether our routes are in force. Being there is not enough: a route of a lower metric, or a
 * policy rule, may send the packets elsewhere, so the kernel is asked where it would send them.
 */
final class RouteStates {
  private final Observer observer;
  private final Map<Prefix, Boolean> inForce = new HashMap<>();
  private Set<Object> askedWith = Set.of();

  RouteStates(Observer observer) {
    this.observer = observer;
  }

  /** The outcome. */
  record Report(List<MeshSnapshot.RouteView> routes, List<Problem> problems) {}

  /**
   * Looks at every wanted route.
   *
   * @param plan what was still to be done when {@code observed} was made
   * @param ask whether what was asked before must be asked again though no route changed
   */
  Report report(Desired desired, Observed observed, Plan plan, boolean ask) {
    Set<Prefix> pending = new HashSet<>();
    for (Step step : plan.steps()) {
      if (step instanceof Step.AddRoute add) {
        pending.add(add.wanted().prefix());
      } else if (step instanceof Step.ReplaceRoute replace) {
        pending.add(replace.wanted().prefix());
      }
    }
    Set<Object> world = new HashSet<>();
    for (Route route : observed.routes()) {
      world.add(Observed.prefix(route));
      world.add(List.of(Observed.prefix(route), route.oif(), route.metric(), route.protocol()));
    }
    if (ask || !world.equals(askedWith)) {
      inForce.clear();
      askedWith = world;
    }
    List<MeshSnapshot.RouteView> routes = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Wanted.Route route : desired.routes()) {
      Optional<Link> device = observed.link(route.device()).filter(Observed::isOurs);
      if (device.isEmpty() || pending.contains(route.prefix())) {
        routes.add(view(route, RouteState.MISSING, "not installed yet"));
      } else if (isInForce(route, device.get())) {
        routes.add(view(route, RouteState.INSTALLED, ""));
      } else {
        String reason = "another route or rule of this host is in force for " + route.prefix();
        routes.add(view(route, RouteState.FOREIGN, reason));
        problems.add(
            new Problem(
                "route-shadowed",
                reason,
                "see 'ip route get " + probe(route).getHostAddress() + "' and 'ip rule'"));
      }
    }
    for (Rejected rejected : desired.rejected()) {
      routes.add(
          new MeshSnapshot.RouteView(
              rejected.prefix(),
              rejected.vni(),
              null,
              rejected.vni().device(),
              rejected.node(),
              rejected.state(),
              rejected.reason()));
    }
    routes.sort(
        Comparator.comparing(MeshSnapshot.RouteView::prefix)
            .thenComparing(MeshSnapshot.RouteView::node));
    return new Report(routes, problems);
  }

  private boolean isInForce(Wanted.Route route, Link device) {
    return inForce.computeIfAbsent(
        route.prefix(),
        prefix -> observer.deviceTo(probe(route)).filter(i -> i == device.index()).isPresent());
  }

  private static MeshSnapshot.RouteView view(Wanted.Route route, RouteState state, String reason) {
    return new MeshSnapshot.RouteView(
        route.prefix(), route.vni(), route.via(), route.device(), route.node(), state, reason);
  }

  /** An address to ask about: the peer's gateway, else the first host's. */
  private static InetAddress probe(Wanted.Route route) {
    InetAddress gateway = route.gateway();
    if (gateway != null) {
      return gateway;
    }
    byte[] address = route.prefix().address().getAddress();
    if (route.prefix().length() < address.length * 8) {
      address[address.length - 1] |= 1;
    }
    return Addresses.of(address);
  }
}
