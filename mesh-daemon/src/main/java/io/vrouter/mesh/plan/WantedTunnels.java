package io.vrouter.mesh.plan;

import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.generic.AllowedIp;
import io.vrouter.netlink.generic.WgKey;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The WireGuard devices that {@link Tunnels} ask for, with their peers and routes. */
final class WantedTunnels {
  /** Outer IP, UDP, WireGuard's header and tag (https://www.wireguard.com/protocol/). */
  private static final int OVERHEAD_IPV4 = 60;

  private static final int OVERHEAD_IPV6 = 80;

  /** The largest that wireguard-go takes. */
  private static final int MOST = 65_407;

  final List<Wanted.Tunnel> devices = new ArrayList<>();
  final List<Wanted.Address> addresses = new ArrayList<>();
  final List<Wanted.TunnelRoute> routes = new ArrayList<>();

  /** For the usable peers. */
  WantedTunnels(LocalState local, Tunnels tunnels, Collection<RemoteHost> peers) {
    boolean ipv4 = local.underlay().address() instanceof Inet4Address;
    List<Wanted.TunnelPeer> all = peers(tunnels, peers, ipv4);
    int metric = 1;
    for (WireGuardKey key : tunnels.devices()) {
      String device = Wanted.Tunnel.name(key.slot());
      InetAddress address = WireGuardAddress.of(local.self(), key.slot(), ipv4);
      devices.add(
          new Wanted.Tunnel(
              key.slot(),
              key(key),
              key.port(),
              mtu(local.underlay(), ipv4),
              Mark.alias(local.self()),
              all));
      addresses.add(new Wanted.Address(device, address, ipv4 ? 32 : 128));
      routes.add(new Wanted.TunnelRoute(WireGuardAddress.network(ipv4), device, address, metric++));
    }
  }

  private static List<Wanted.TunnelPeer> peers(
      Tunnels tunnels, Collection<RemoteHost> peers, boolean ipv4) {
    Map<WgKey, Wanted.TunnelPeer> all = new LinkedHashMap<>();
    Set<InetAddress> taken = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (!tunnels.ends().containsKey(peer.id())) {
        continue;
      }
      List<WireGuardKey> keys = new ArrayList<>(peer.record().tunnel().keys());
      keys.addAll(tunnels.former().getOrDefault(peer.id(), List.of()));
      for (WireGuardKey key : keys) {
        InetAddress address = WireGuardAddress.of(peer.id(), key.slot(), ipv4);
        // A key in two hosts' records is the first one's: a device has each key once.
        if (taken.add(address)) {
          all.putIfAbsent(
              key(key),
              new Wanted.TunnelPeer(
                  key(key),
                  new InetSocketAddress(peer.record().underlay(), key.port()),
                  AllowedIp.host(address)));
        }
      }
    }
    return List.copyOf(all.values());
  }

  static WgKey key(WireGuardKey key) {
    return WgKey.of(key.octets().toArray());
  }

  static int mtu(Underlay underlay, boolean ipv4) {
    return Math.min(MOST, underlay.mtu() - (ipv4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6));
  }
}
