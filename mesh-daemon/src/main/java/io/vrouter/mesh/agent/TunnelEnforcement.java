package io.vrouter.mesh.agent;

import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.WireGuardAddress;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.generic.AllowedIp;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The policy of an agent, applied to WireGuard: a device has this host's own key and port, and each
 * of its peers one address inside. Pure.
 */
final class TunnelEnforcement {
  private final AgentPolicy policy;
  private final HostView here;
  private final Set<String> allowed = new HashSet<>();

  TunnelEnforcement(AgentPolicy policy, HostView here) {
    this.policy = policy;
    this.here = here;
  }

  /** Whether a name is that of a WireGuard device of ours. */
  static boolean isTunnel(String device) {
    return device.equals(Wanted.Tunnel.name(0)) || device.equals(Wanted.Tunnel.name(1));
  }

  /** Whether a device was allowed. */
  boolean allows(String device) {
    return allowed.contains(device);
  }

  @Nullable String tunnel(Wanted.Tunnel tunnel) {
    if (policy.wireguardPort().isEmpty()) {
      return "the agent has no --encryption";
    }
    if (here.keys().stream().noneMatch(key -> isOf(key, tunnel))) {
      return "its key and port are not this host's";
    }
    if (tunnel.mtu() < 68 || tunnel.mtu() > 65_535) {
      return "an MTU of " + tunnel.mtu();
    }
    if (!Enforcement.isOurs(tunnel.alias())) {
      return "an alias that is not ours";
    }
    if (tunnel.peers().size() > WireGuardKey.SLOTS * policy.maxPeers()) {
      return tunnel.peers().size() + " peers are more than the policy allows";
    }
    for (Wanted.TunnelPeer peer : tunnel.peers()) {
      String refusal = peer(peer);
      if (refusal != null) {
        return refusal;
      }
    }
    allowed.add(tunnel.device());
    return null;
  }

  private static boolean isOf(WireGuardKey key, Wanted.Tunnel tunnel) {
    return key.slot() == tunnel.slot()
        && key.port() == tunnel.port()
        && Arrays.equals(key.octets().toArray(), tunnel.key().octets().toArray());
  }

  private @Nullable String peer(Wanted.TunnelPeer peer) {
    InetAddress endpoint = peer.endpoint().getAddress();
    if (WireGuardAddress.isInside(endpoint)) {
      return "the endpoint %s is inside".formatted(endpoint.getHostAddress());
    }
    AllowedIp address = peer.allowed();
    boolean one = address.equals(AllowedIp.host(address.address()));
    return one && WireGuardAddress.isInside(address.address())
        ? ZoneEnforcement.endpoint(policy, here, endpoint)
        : address + " is not an address inside";
  }

  @Nullable String address(Wanted.Address address) {
    boolean one = address.length() == address.address().getAddress().length * 8;
    return allows(address.device()) && one && WireGuardAddress.isInside(address.address())
        ? null
        : "is not the address of an allowed WireGuard device";
  }

  @Nullable String route(Wanted.TunnelRoute route) {
    boolean ipv4 = route.source() instanceof Inet4Address;
    return allows(route.device())
            && route.prefix().equals(WireGuardAddress.network(ipv4))
            && WireGuardAddress.isInside(route.source())
            && route.metric() >= 1
            && route.metric() <= WireGuardKey.SLOTS
        ? null
        : "is not the route of an allowed WireGuard device";
  }
}
