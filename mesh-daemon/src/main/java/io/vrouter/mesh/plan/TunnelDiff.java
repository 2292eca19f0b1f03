package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.generic.WgPeer;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.IfLink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Our WireGuard devices, their peers and the routes by them. A device that exists and can't be read
 * is left alone: its process may only be slow.
 */
final class TunnelDiff {
  /** Steps that precede the addresses of the devices. */
  final List<Step> make = new ArrayList<>();

  /** Steps that follow them. */
  final List<Step> raise = new ArrayList<>();

  final List<Step> delete = new ArrayList<>();

  private final Observed observed;
  private final DeviceDiff devices;

  /** Adds what it finds to {@code devices}. */
  TunnelDiff(KernelState desired, Observed observed, DeviceDiff devices) {
    this.observed = observed;
    this.devices = devices;
    desired.tunnels().forEach(this::compare);
    Set<Route> kept = new HashSet<>();
    for (Wanted.TunnelRoute wanted : desired.tunnelRoutes()) {
      Optional<Route> right =
          observed.routes().stream().filter(route -> isRight(wanted, route)).findFirst();
      right.ifPresent(kept::add);
      if (right.isEmpty() && !devices.blocked.containsKey(wanted.device())) {
        raise.add(new Step.SetTunnelRoute(wanted));
      }
    }
    Set<Integer> metrics = new HashSet<>();
    desired.tunnelRoutes().forEach(wanted -> metrics.add(wanted.metric()));
    boolean whole = !observed.interrupted().contains(Observed.DumpKind.ROUTE);
    for (Route route : observed.routes()) {
      boolean excess =
          Observed.isOurs(route)
              && isFor(route)
              && !kept.contains(route)
              && !metrics.contains(route.metric());
      if (excess && whole && !desired.lingering()) {
        delete.add(RouteDiff.deletion(route, observed));
      }
    }
  }

  /** Whether a route leads to the encrypted network. */
  static boolean isFor(Route route) {
    return Observed.prefix(route).equals(WireGuardAddress.IPV4)
        || Observed.prefix(route).equals(WireGuardAddress.IPV6);
  }

  private void compare(Wanted.Tunnel wanted) {
    String name = wanted.device();
    Link link = observed.link(name).orElse(null);
    WgDevice there = observed.tunnel(name).orElse(null);
    if (link == null) {
      make.add(new Step.CreateTunnel(wanted));
      make.add(new Step.SetTunnelKey(wanted));
      make.add(new Step.SetTunnelPeers(wanted, wanted.peers(), List.of()));
      raise.add(new Step.RaiseDevice(name));
      return;
    }
    // Only this host has the private key: a device with it that lacks the mark was made by a
    // daemon that was killed between the two.
    boolean ours = Observed.isOurs(link) || (there != null && wanted.key().equals(there.key()));
    if (!ours) {
      devices.blocked.put(
          name,
          new Problem(
              "foreign-device",
              "WireGuard can't have its device %s: one of that name (index %d) is not ours"
                  .formatted(name, link.index()),
              "remove it with 'ip link del " + name + "'"));
      return;
    }
    if (!isWhole(wanted, link)) {
      make.add(new Step.ChangeTunnel(wanted));
    }
    if (there != null) {
      if (!wanted.key().equals(there.key()) || wanted.port() != there.port()) {
        make.add(new Step.SetTunnelKey(wanted));
      }
      peers(wanted, there);
    }
    devices.ours.put(name, link);
    devices.names.put(link.index(), name);
    if (!link.isUp()) {
      raise.add(new Step.RaiseDevice(name));
    }
  }

  private void peers(Wanted.Tunnel wanted, WgDevice there) {
    List<Wanted.TunnelPeer> set = new ArrayList<>();
    Set<WgKey> kept = new HashSet<>();
    for (Wanted.TunnelPeer peer : wanted.peers()) {
      kept.add(peer.key());
      if (there.peer(peer.key()).filter(found -> isRight(peer, found)).isEmpty()) {
        set.add(peer);
      }
    }
    List<WgKey> removed =
        there.peers().stream().map(WgPeer::key).filter(key -> !kept.contains(key)).toList();
    if (!set.isEmpty() || !removed.isEmpty()) {
      make.add(new Step.SetTunnelPeers(wanted, set, removed));
    }
  }

  /**
   * The endpoint may differ: WireGuard follows a peer whose authentic packets come from another.
   */
  private static boolean isRight(Wanted.TunnelPeer wanted, WgPeer found) {
    return found.endpoint() != null
        && found.keepalive() == Wanted.TunnelPeer.KEEPALIVE
        && found.allowedIps().equals(List.of(wanted.allowed()));
  }

  private static boolean isWhole(Wanted.Tunnel wanted, Link link) {
    int mode = link.afSpec().addrGenMode();
    return link.alias().equals(wanted.alias())
        && link.group() == Mark.GROUP
        && link.mtu() == wanted.mtu()
        && link.master() == 0
        && (link.flags() & IfLink.IFF_MULTICAST) == 0
        && (mode < 0 || mode == IfLink.IN6_ADDR_GEN_MODE_NONE);
  }

  private boolean isRight(Wanted.TunnelRoute wanted, Route route) {
    Link link = devices.ours.get(wanted.device());
    return link != null
        && Observed.isOurs(route)
        && route.oif() == link.index()
        && route.gateway() == null
        && route.metric() == wanted.metric()
        && Observed.prefix(route).equals(wanted.prefix())
        && wanted.source().equals(route.prefSource());
  }
}
