package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Ndm;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entries and programs of the fast path. They let through what the firewall's policy lets through,
 * of the containers whose port is known: removals come before the firewall is narrowed, additions
 * after all else.
 */
final class FastPathDiff {
  private static final int VALID =
      Ndm.NUD_REACHABLE | Ndm.NUD_STALE | Ndm.NUD_DELAY | Ndm.NUD_PROBE | Ndm.NUD_PERMANENT;

  final List<Step> remove = new ArrayList<>();
  final List<Step> add = new ArrayList<>();

  private final KernelState desired;
  private final Observed observed;
  private final FastPathState seen;
  private final Map<Integer, Link> links = new HashMap<>();
  private final Map<String, FastEntry> entries = new LinkedHashMap<>();
  private final Set<FastHook> hooks = new LinkedHashSet<>();

  /**
   * Compares the desired with the observed fast path.
   *
   * @param policy the firewall that holds after the plan
   */
  FastPathDiff(KernelState desired, Observed observed, FirewallPolicy policy) {
    this.desired = desired;
    this.observed = observed;
    this.seen = observed.fastPath();
    if (seen.permit() == FastPathState.Permit.UNDECIDED) {
      return;
    }
    observed.links().forEach(link -> links.put(link.index(), link));
    if (seen.permit() == FastPathState.Permit.ON && new PolicyRules(observed.rules()).isEmpty()) {
      policy.zones().forEach(this::zone);
    }
    compare();
  }

  private void compare() {
    Set<FastHook> there = new HashSet<>(seen.hooks());
    there.addAll(seen.outdated());
    there.stream()
        .filter(hook -> !hooks.contains(hook))
        .sorted(Comparator.comparing(FastHook::ifIndex))
        .forEach(hook -> remove.add(new Step.DetachFastPath(hook)));
    Map<String, FastEntry> had = new HashMap<>();
    for (FastEntry entry : seen.entries()) {
      had.put(entry.object(), entry);
    }
    seen.entries().stream()
        .filter(entry -> !entries.containsKey(entry.object()))
        .sorted(Comparator.comparing(FastEntry::object))
        .forEach(entry -> remove.add(new Step.DeleteFastEntry(entry)));
    entries.forEach(
        (object, entry) -> {
          if (!entry.equals(had.get(object))) {
            add.add(new Step.SetFastEntry(entry));
          }
        });
    hooks.stream()
        .filter(hook -> !seen.hooks().contains(hook))
        .forEach(hook -> add.add(new Step.AttachFastPath(hook)));
  }

  private void entry(FastEntry entry) {
    entries.put(entry.object(), entry);
  }

  private void zone(FirewallPolicy.Zone zone) {
    Link tunnel = observed.link(zone.device()).filter(Observed::isOurs).orElse(null);
    MacAddress own = tunnel == null ? null : tunnel.address();
    if (tunnel == null || own == null || !tunnel.isUp() || occupied(tunnel)) {
      return;
    }
    hooks.add(new FastHook(tunnel.name(), tunnel.index(), FastHook.Program.FROM_TUNNEL));
    for (FirewallPolicy.Remote peer : zone.peers()) {
      for (Prefix prefix : peer.prefixes()) {
        if (prefix.isIpv4()) {
          entry(new FastEntry.PeerSource(tunnel.index(), peer.mac(), prefix));
        }
      }
    }
    for (FirewallPolicy.GuardedNetwork network : zone.local()) {
      String device = network.device();
      if (device != null && network.prefix().isIpv4()) {
        observed
            .link(device)
            .filter(link -> link.kind().equals("bridge") && link.isUp() && !occupied(link))
            .ifPresent(bridge -> network(tunnel, own, bridge, network));
      }
    }
    routes(zone, tunnel);
  }

  private boolean occupied(Link link) {
    return seen.occupied().contains(link.index());
  }

  private void network(
      Link tunnel, MacAddress own, Link bridge, FirewallPolicy.GuardedNetwork network) {
    MacAddress gateway = bridge.address();
    if (gateway == null) {
      return;
    }
    // Before its container sends: a device's queue stands still while clsact is added.
    for (Link port : observed.links()) {
      if (isContainers(port, bridge)) {
        hooks.add(new FastHook(port.name(), port.index(), FastHook.Program.TOWARDS_TUNNEL));
      }
    }
    for (Neighbor neighbor : seen.neighbors()) {
      InetAddress address = neighbor.destination();
      MacAddress mac = neighbor.lladdr();
      if (neighbor.ifIndex() != bridge.index()
          || mac == null
          || (neighbor.state() & VALID) == 0
          || !(address instanceof Inet4Address)
          || !network.prefix().contains(address)
          || address.equals(network.gateway())) {
        continue;
      }
      Link port = port(tunnel, bridge, address, mac);
      if (port != null) {
        int mtu = Math.min(bridge.mtu(), port.mtu());
        entry(new FastEntry.Container(tunnel.index(), address, port.index(), mtu, mac, gateway));
        entry(new FastEntry.ContainerPort(port.index(), address, tunnel.index(), gateway, own));
      }
    }
  }

  /**
   * The port behind which a container is. A bridge forgets ports that are silent, and the fast path
   * keeps frames from it: then the port that was known last stands.
   */
  private @Nullable Link port(Link tunnel, Link bridge, InetAddress address, MacAddress mac) {
    Link port = null;
    for (FdbEntry entry : seen.ports()) {
      if (entry.mac().equals(mac) && entry.master() == bridge.index()) {
        if (entry.isPermanent() || entry.vlan() != 0) {
          return null;
        }
        port = links.get(entry.ifIndex());
      }
    }
    if (port == null) {
      for (FastEntry entry : seen.entries()) {
        if (entry instanceof FastEntry.Container known
            && known.tunnel() == tunnel.index()
            && known.address().equals(address)
            && known.mac().equals(mac)) {
          port = links.get(known.port());
        }
      }
    }
    return port != null && isContainers(port, bridge) ? port : null;
  }

  private boolean isContainers(Link port, Link bridge) {
    return port.kind().equals("veth")
        && port.master() == bridge.index()
        && port.isUp()
        && !occupied(port)
        && port.unknown().stream().anyMatch(it -> it.type() == IfLink.IFLA_LINK_NETNSID);
  }

  private void routes(FirewallPolicy.Zone zone, Link tunnel) {
    Map<InetAddress, MacAddress> ends = new HashMap<>();
    for (Wanted.Neighbor neighbor : desired.neighbors()) {
      if (neighbor.device().equals(zone.device())) {
        ends.put(neighbor.address(), neighbor.mac());
      }
    }
    for (Wanted.Route route : desired.routes()) {
      MacAddress mac = ends.get(route.via());
      if (route.device().equals(zone.device())
          && route.prefix().isIpv4()
          && mac != null
          && isInForce(route, tunnel)) {
        int mtu = route.mtu() == 0 ? tunnel.mtu() : Math.min(route.mtu(), tunnel.mtu());
        entry(new FastEntry.PeerDestination(tunnel.index(), route.prefix(), mtu, mac));
      }
    }
  }

  /** Whether the route is in the kernel, and no other takes a part of its prefix. */
  private boolean isInForce(Wanted.Route wanted, Link tunnel) {
    boolean there = false;
    for (Route route : observed.routes()) {
      Prefix prefix = Observed.prefix(route);
      if (route.oif() == tunnel.index()
          && Observed.isOurs(route)
          && prefix.equals(wanted.prefix())) {
        there = true;
      } else if (!Observed.isOurs(route)
          && prefix.length() >= wanted.prefix().length()
          && wanted.prefix().contains(prefix)) {
        return false;
      }
    }
    return there;
  }
}
