package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routes of others that are in force instead of ours. Pure. */
public final class RoutesInForce {
  private static final Map<Integer, String> TYPES =
      Map.of(
          Rtnetlink.RTN_BLACKHOLE,
          "blackhole ",
          Rtnetlink.RTN_UNREACHABLE,
          "unreachable ",
          Rtnetlink.RTN_PROHIBIT,
          "prohibit ");

  private RoutesInForce() {}

  /**
   * The problem of a route of others that is in force for a prefix of the mesh.
   *
   * @param address inside the prefix
   * @param routes of the main table
   */
  public static Problem shadowing(Prefix prefix, InetAddress address, Collection<Route> routes) {
    Problem problem =
        new Problem(
            "route-shadowed",
            "another route or rule of this host is in force for " + prefix,
            "see 'ip route get " + address.getHostAddress() + "' and 'ip rule'");
    Optional<Route> found =
        routes.stream()
            .filter(route -> !Observed.isOurs(route) && Observed.prefix(route).contains(address))
            .filter(route -> Observed.prefix(route).length() >= prefix.length())
            .min(
                Comparator.<Route>comparingInt(route -> -Observed.prefix(route).length())
                    .thenComparingInt(Route::metric));
    return found
        .map(
            route ->
                removable(
                    "route-shadowed",
                    "the route %s is in force for %s".formatted(text(route), prefix),
                    route))
        .orElse(problem);
  }

  /** The problem of a route of others at the place of ours: its prefix and metric. */
  static Problem inPlace(Prefix prefix, Route route) {
    return removable(
        "foreign-route",
        "%s has a route with our metric that isn't ours: %s".formatted(prefix, text(route)),
        route);
  }

  private static Problem removable(String code, String message, Route route) {
    String command = "ip route del " + text(route);
    return new Problem(
            code,
            message,
            command
                + "; or give it a metric above ours where it is configured, so that it counts"
                + " without the mesh only")
        .with(Remedy.all(List.of(command), "route " + text(route)));
  }

  private static String text(Route route) {
    InetAddress gateway = route.gateway();
    return TYPES.getOrDefault(route.type(), "")
        + Observed.prefix(route)
        + (gateway == null ? "" : " via " + gateway.getHostAddress())
        + " metric "
        + Integer.toUnsignedString(route.metric())
        + " proto "
        + route.protocol();
  }
}
