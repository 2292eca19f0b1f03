package io.vrouter.mesh.agent;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel objects of a {@link Desired}: all of it that an agent is sent.
 *
 * @param vteps as in {@link Desired}
 * @param goneMacs as in {@link Desired}
 * @param tunnels as in {@link Desired}
 * @param tunnelRoutes as in {@link Desired}
 * @param lingering as in {@link Desired}
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
  KernelState(
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

  /** The part of a desired state that concerns the kernel. */
  static KernelState of(Desired desired) {
    return new KernelState(
        desired.devices(),
        desired.addresses(),
        desired.floods(),
        desired.fdb(),
        desired.neighbors(),
        desired.routes(),
        desired.forwarding(),
        desired.vteps(),
        desired.goneMacs(),
        desired.firewall(),
        desired.tunnels(),
        desired.tunnelRoutes(),
        desired.lingering());
  }

  /** The input of the planner, which reads nothing else of it. */
  Desired desired() {
    return new Desired(
        new HostRecord(
            "agent",
            "0",
            Addresses.of(new byte[] {10, 0, 0, 1}),
            firewall.vxlanPort(),
            List.of(),
            List.of()),
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
        Set.of(),
        Set.of(),
        List.of(),
        List.of(),
        List.of(),
        tunnels,
        tunnelRoutes,
        lingering);
  }
}
