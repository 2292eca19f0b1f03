package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The desired kernel objects and the desired record of this host: a pure function of {@link
 * PlanInput}.
 *
 * @param record this host's record, to be published
 * @param vteps per device, the underlay addresses that entries may point to
 * @param goneMacs per device, tunnel ends of members that no longer have a data path
 * @param rejected peers' prefixes without a route, and this host's that are not advertised
 * @param known prefixes that the mesh holds now, and those held back after their withdrawal
 * @param holdings claims that hold: prefixes and overlay addresses, this host's included
 * @param tunnels WireGuard devices
 * @param lingering whether WireGuard devices that are not wanted stay for a moment
 */
public record Desired(
    HostRecord record,
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
    Set<Prefix> known,
    Set<Holding> holdings,
    List<Rejected> rejected,
    List<Conflict> conflicts,
    List<Problem> problems,
    List<Wanted.Tunnel> tunnels,
    List<Wanted.TunnelRoute> tunnelRoutes,
    boolean lingering) {
  public Desired {
    devices = List.copyOf(devices);
    addresses = List.copyOf(addresses);
    floods = List.copyOf(floods);
    fdb = List.copyOf(fdb);
    neighbors = List.copyOf(neighbors);
    routes = List.copyOf(routes);
    forwarding = List.copyOf(forwarding);
    vteps = Map.copyOf(vteps);
    goneMacs = Map.copyOf(goneMacs);
    known = Set.copyOf(known);
    holdings = Set.copyOf(holdings);
    rejected = List.copyOf(rejected);
    conflicts = List.copyOf(conflicts);
    problems = List.copyOf(problems);
    tunnels = List.copyOf(tunnels);
    tunnelRoutes = List.copyOf(tunnelRoutes);
  }

  /** A desired state without WireGuard. */
  public Desired(
      HostRecord record,
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
      Set<Prefix> known,
      Set<Holding> holdings,
      List<Rejected> rejected,
      List<Conflict> conflicts,
      List<Problem> problems) {
    this(
        record,
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
        known,
        holdings,
        rejected,
        conflicts,
        problems,
        List.of(),
        List.of(),
        false);
  }

  /** A copy with more rejected prefixes. */
  public Desired rejecting(List<Rejected> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Rejected> all = new ArrayList<>(more);
    all.addAll(rejected);
    return new Desired(
        record,
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
        known,
        holdings,
        all,
        conflicts,
        problems,
        tunnels,
        tunnelRoutes,
        lingering);
  }

  /** Computes the desired state; the order of peers makes no difference. */
  public static Desired of(PlanInput world) {
    return new DesiredBuilder(world).desired();
  }
}
