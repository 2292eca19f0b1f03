package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * The prefixes that this host routes to without the mesh, as observed: their routes must not
 * change.
 *
 * @param routes connected routes and routes of other programs in the main table, without default
 *     routes, ours, and those on our devices
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
