package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * What this host routes to without us, as observed: prefixes there must stay as they are.
 *
 * @param routes connected and other people's routes in the main table, without default routes,
 *     ours, and what is on our devices
 * @param gateways next hops of those and of the default routes
 */
public record ForeignRoutes(List<Occupied> routes, Set<InetAddress> gateways) {
  /** An empty host. */
  public static final ForeignRoutes NONE = new ForeignRoutes(List.of(), Set.of());

  public ForeignRoutes {
    routes = List.copyOf(routes);
    gateways = Set.copyOf(gateways);
  }

  /**
   * A prefix in use here.
   *
   * @param device the interface's name, empty for a route without one (blackhole …)
   * @param connected whether the kernel made it from an address of that interface
   */
  public record Occupied(Prefix prefix, String device, boolean connected) {
    @Override
    public String toString() {
      return (connected ? "connected network " : "route ")
          + prefix
          + (device.isEmpty() ? "" : " on " + device);
    }
  }
}
