package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.PolicyRules;
import io.vrouter.mesh.plan.Rejected;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.RoutesInForce;
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
 * Whether our routes are in force. Presence is not enough: a route of a lower metric or a policy
 * rule may send the packets elsewhere, so the kernel is asked for its route (RTM_GETROUTE).
 */
final class RouteStates {
  private final Observer observer;
  private final Map<Prefix, Optional<Problem>> hindrances = new HashMap<>();
  private Set<Object> askedWith = Set.of();

  RouteStates(Observer observer) {
    this.observer = observer;
  }

  /** The outcome. */
  record Report(List<MeshSnapshot.RouteView> routes, List<Problem> problems) {}

  /**
   * Looks at every desired route.
   *
   * @param plan the steps outstanding when {@code observed} was made
   * @param ask whether known answers are asked for again although no route changed
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
    Set<Object> world = new HashSet<>(observed.rules());
    PolicyRules rules = new PolicyRules(observed.rules());
    for (Route route : observed.routes()) {
      world.add(Observed.prefix(route));
      world.add(List.of(Observed.prefix(route), route.oif(), route.metric(), route.protocol()));
    }
    if (ask || !world.equals(askedWith)) {
      hindrances.clear();
      askedWith = world;
    }
    List<MeshSnapshot.RouteView> routes = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Wanted.Route route : desired.kernel().routes()) {
      Optional<Link> device = observed.link(route.device()).filter(Observed::isOurs);
      if (device.isEmpty() || pending.contains(route.prefix())) {
        routes.add(view(route, RouteState.MISSING, "not installed yet"));
      } else {
        Optional<Problem> hindrance =
            hindrances.computeIfAbsent(
                route.prefix(),
                prefix ->
                    hindrance(route, device.get(), observed, rules, desired.kernel().firewall()));
        routes.add(
            hindrance
                .map(it -> view(route, RouteState.FOREIGN, it.message()))
                .orElseGet(() -> view(route, RouteState.INSTALLED, "")));
        hindrance.ifPresent(problems::add);
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

  /** Why the kernel would send packets of the mesh elsewhere; empty when it would not. */
  private Optional<Problem> hindrance(
      Wanted.Route route,
      Link device,
      Observed observed,
      PolicyRules rules,
      FirewallPolicy policy) {
    InetAddress remote = probe(route);
    if (observer.deviceTo(remote).filter(index -> index == device.index()).isEmpty()) {
      return Optional.of(RoutesInForce.shadowing(route.prefix(), remote, observed.routes()));
    }
    for (PolicyRules.Way way : rules.ways(route, remote, policy)) {
      Optional<Link> input = observed.link(way.input());
      Optional<Link> output = observed.link(way.output());
      if (input.isPresent()
          && output.isPresent()
          && observer
              .deviceTo(way.destination(), way.source(), input.get().index())
              .filter(index -> index == output.get().index())
              .isEmpty()) {
        return Optional.of(diverted(way, rules));
      }
    }
    return Optional.empty();
  }

  private static Problem diverted(PolicyRules.Way way, PolicyRules rules) {
    String packets =
        "packets from %s to %s, which come in by %s, from leaving by %s"
            .formatted(
                way.source().getHostAddress(),
                way.destination().getHostAddress(),
                way.input(),
                way.output());
    return rules
        .diverting(way)
        .map(
            rule ->
                new Problem(
                        "policy-rule",
                        "the rule '%s' keeps %s".formatted(PolicyRules.text(rule), packets),
                        "remove it with 'ip rule del pref %s', or put one before it: 'ip rule add pref"
                                .formatted(Integer.toUnsignedString(rule.priority()))
                            + " NUMBER to PREFIX lookup main'")
                    .with(
                        Remedy.all(
                            List.of(
                                "ip rule del pref " + Integer.toUnsignedString(rule.priority())),
                            "rule " + PolicyRules.text(rule))))
        .orElseGet(
            () ->
                new Problem(
                    "policy-rule",
                    "the routing policy of this host keeps " + packets,
                    "see 'ip rule' and 'ip route get %s from %s iif %s'"
                        .formatted(
                            way.destination().getHostAddress(),
                            way.source().getHostAddress(),
                            way.input())));
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
