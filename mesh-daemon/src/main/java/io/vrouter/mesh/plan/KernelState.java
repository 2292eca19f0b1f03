package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel objects of a {@link Desired}: all that the {@link Planner} reads of it, and all that
 * an agent is sent.
 *
 * @param vteps per device, the underlay addresses that entries may point to
 * @param goneMacs per device, tunnel ends of members that no longer have a data path
 * @param tunnels WireGuard devices
 * @param lingering whether WireGuard devices that are not wanted stay for a moment
 */
public record KernelState(
    List<Wanted.Device> devices,
    List<Wanted.Address> addresses,
    List<Wanted.Flood> floods,
    List<Wanted.Fdb> fdb,
    List<Wanted.Neighbor> neighbors,
    List<Wanted.Route> routes,
    List<Wanted.Forwarding> forwarding,
    Map<String, Set<InetAddress>> vteps,
    Map<String, Set<MacAddress>> goneMacs,
    FirewallPolicy firewall,
    List<Wanted.Tunnel> tunnels,
    List<Wanted.TunnelRoute> tunnelRoutes,
    boolean lingering) {
  public KernelState {
    tunnels = List.copyOf(tunnels);
    tunnelRoutes = List.copyOf(tunnelRoutes);
    devices = List.copyOf(devices);
    addresses = List.copyOf(addresses);
    floods = List.copyOf(floods);
    fdb = List.copyOf(fdb);
    neighbors = List.copyOf(neighbors);
    routes = List.copyOf(routes);
    forwarding = List.copyOf(forwarding);
    vteps = Map.copyOf(vteps);
    goneMacs = Map.copyOf(goneMacs);
  }

  /** As above, without WireGuard. */
  public KernelState(
      List<Wanted.Device> devices,
      List<Wanted.Address> addresses,
      List<Wanted.Flood> floods,
      List<Wanted.Fdb> fdb,
      List<Wanted.Neighbor> neighbors,
      List<Wanted.Route> routes,
      List<Wanted.Forwarding> forwarding,
      Map<String, Set<InetAddress>> vteps,
      Map<String, Set<MacAddress>> goneMacs,
      FirewallPolicy firewall) {
    this(
        devices,
        addresses,
        floods,
        fdb,
        neighbors,
        routes,
        forwarding,
        vteps,
        goneMacs,
        firewall,
        List.of(),
        List.of(),
        false);
  }
}
