package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * This host as observed: kernel objects, ours and foreign, and the notes of earlier runs.
 *
 * @param routes of the main table, all protocols
 * @param rules of the routing policy, both families
 * @param interrupted kinds whose dump changed while it was read (NLM_F_DUMP_INTR): no deletion of
 *     that kind may rely on it
 * @param former settings of devices that are not ours, as they were before this host changed them
 * @param tunnels WireGuard devices of ours, with keys and peers
 * @param fastPath eBPF programs and maps of ours
 */
public record Observed(
    List<Link> links,
    List<Address> addresses,
    List<Neighbor> neighbors,
    List<FdbEntry> fdb,
    List<Route> routes,
    List<Rule> rules,
    Set<DumpKind> interrupted,
    Firewall firewall,
    List<FormerSetting> former,
    List<WgDevice> tunnels,
    FastPathState fastPath) {
  /** Nothing was observed. */
  public static final Observed NOTHING =
      new Observed(List.of(), List.of(), List.of(), List.of(), List.of(), Set.of());

  /** The kind of a dump. */
  public enum DumpKind {
    LINK,
    ADDRESS,
    NEIGHBOR,
    FDB,
    ROUTE,
    RULE
  }

  /**
   * The firewall as observed.
   *
   * @param holds whether {@link Planner#firewall} is in force
   * @param open whether the chains of others let its traffic through
   * @param write whether it is being put in force
   */
  public record Firewall(boolean holds, boolean open, TableWrite write) {
    /** Not observed: everything is still to be done. */
    public static final Firewall UNKNOWN = new Firewall(false, false);

    /** With no write under way. */
    public Firewall(boolean holds, boolean open) {
      this(holds, open, TableWrite.NONE);
    }
  }

  /** A write of our nft table on another thread. */
  public enum TableWrite {
    /** None is under way. */
    NONE,
    /** A table of ours stands and is being changed: only new devices wait for the end. */
    CHANGE,
    /** There is no table of ours yet: no way may be opened before there is one. */
    CREATION
  }

  public Observed {
    links = List.copyOf(links);
    addresses = List.copyOf(addresses);
    neighbors = List.copyOf(neighbors);
    fdb = List.copyOf(fdb);
    routes = List.copyOf(routes);
    rules = List.copyOf(rules);
    interrupted = Set.copyOf(interrupted);
    former = List.copyOf(former);
    tunnels = List.copyOf(tunnels);
  }

  /** As above, without WireGuard devices and fast path. */
  public Observed(
      List<Link> links,
      List<Address> addresses,
      List<Neighbor> neighbors,
      List<FdbEntry> fdb,
      List<Route> routes,
      List<Rule> rules,
      Set<DumpKind> interrupted,
      Firewall firewall,
      List<FormerSetting> former) {
    this(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        rules,
        interrupted,
        firewall,
        former,
        List.of(),
        FastPathState.NONE);
  }

  /** Links and the objects on them; firewall, policy and former settings were not observed. */
  public Observed(
      List<Link> links,
      List<Address> addresses,
      List<Neighbor> neighbors,
      List<FdbEntry> fdb,
      List<Route> routes,
      Set<DumpKind> interrupted) {
    this(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        List.of(),
        interrupted,
        Firewall.UNKNOWN,
        List.of());
  }

  /** A copy with the firewall, which is observed once the desired state is known. */
  public Observed with(Firewall seen) {
    return new Observed(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        rules,
        interrupted,
        seen,
        former,
        tunnels,
        fastPath);
  }

  /** A copy with the settings that an earlier pass or run noted. */
  public Observed with(Collection<FormerSetting> noted) {
    return new Observed(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        rules,
        interrupted,
        firewall,
        List.copyOf(noted),
        tunnels,
        fastPath);
  }

  /** A copy with the WireGuard devices. */
  public Observed withTunnels(List<WgDevice> seen) {
    return new Observed(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        rules,
        interrupted,
        firewall,
        former,
        seen,
        fastPath);
  }

  /** A copy with the fast path. */
  public Observed withFastPath(FastPathState seen) {
    return new Observed(
        links,
        addresses,
        neighbors,
        fdb,
        routes,
        rules,
        interrupted,
        firewall,
        former,
        tunnels,
        seen);
  }

  /** The WireGuard device with a name; empty when there is none, or it was not read. */
  public Optional<WgDevice> tunnel(String name) {
    return tunnels.stream().filter(device -> device.name().equals(name)).findFirst();
  }

  /** The link with a name. */
  public Optional<Link> link(String name) {
    return links.stream().filter(link -> link.name().equals(name)).findFirst();
  }

  /** The link with an index. */
  public Optional<Link> link(int index) {
    return links.stream().filter(link -> link.index() == index).findFirst();
  }

  /** Whether a link carries our mark. */
  public static boolean isOurs(Link link) {
    return Mark.isOn(link);
  }

  /** Whether a route carries our mark. */
  public static boolean isOurs(Route route) {
    return route.protocol() == Mark.PROTOCOL && route.table() == Rtnetlink.RT_TABLE_MAIN;
  }

  /** The prefix a route is for. */
  public static Prefix prefix(Route route) {
    return new Prefix(route.destination(), route.prefixLength());
  }

  /** The prefixes that this host routes to without the mesh. */
  public ForeignRoutes surroundings() {
    Set<Integer> ours = new HashSet<>();
    for (Link link : links) {
      if (isOurs(link) || link.isLoopback()) {
        ours.add(link.index());
      }
    }
    List<ForeignRoutes.Occupied> occupied = new ArrayList<>();
    Set<InetAddress> gateways = new HashSet<>();
    for (Route route : routes) {
      if (isOurs(route) || ours.contains(route.oif()) || isLinkLocal(route)) {
        continue;
      }
      InetAddress gateway = route.gateway();
      if (gateway != null) {
        gateways.add(gateway);
      }
      for (Route.NextHop hop : route.multipath()) {
        InetAddress via = hop.gateway();
        if (via != null) {
          gateways.add(via);
        }
      }
      if (route.prefixLength() > 0) {
        boolean connected = route.protocol() == Rtnetlink.RTPROT_KERNEL && gateway == null;
        String device = link(route.oif()).map(Link::name).orElse("");
        occupied.add(new ForeignRoutes.Occupied(prefix(route), device, connected));
      }
    }
    return new ForeignRoutes(occupied, gateways);
  }

  private static boolean isLinkLocal(Route route) {
    return route.destination().isLinkLocalAddress() || route.destination().isMulticastAddress();
  }
}
