package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.PrefixPolicy;
import io.vrouter.mesh.plan.WireGuardAddress;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The policy of an agent, applied to the firewall: the openings that it allows. Pure. */
final class ZoneEnforcement {
  private static final String OBJECT = "nft table inet vrouter";

  private final AgentPolicy policy;
  private final HostView here;
  private final PrefixPolicy prefixes;
  private final BiConsumer<String, String> refused;

  ZoneEnforcement(
      AgentPolicy policy,
      HostView here,
      PrefixPolicy prefixes,
      BiConsumer<String, String> refused) {
    this.policy = policy;
    this.here = here;
    this.prefixes = prefixes;
    this.refused = refused;
  }

  /** Why packets of the tunnel must not go there; null when they may. */
  static @Nullable String endpoint(AgentPolicy policy, HostView here, InetAddress underlay) {
    String text = underlay.getHostAddress();
    if (underlay.isAnyLocalAddress()
        || underlay.isLoopbackAddress()
        || underlay.isMulticastAddress()
        || text.equals("255.255.255.255")) {
      return text + " is no host's address";
    }
    if (WireGuardAddress.isInside(underlay)) {
      // No packet leaves this host for it but by our WireGuard devices.
      return here.own().contains(underlay) ? text + " is this host itself" : null;
    }
    if (here.own().contains(underlay)) {
      return text + " is this host itself";
    }
    if (policy.overlay().contains(underlay)) {
      return text + " is in the overlay subnet";
    }
    if (!policy.underlays().isEmpty()
        && policy.underlays().stream().noneMatch(it -> it.contains(underlay))) {
      return text + " is in none of the policy's underlays";
    }
    return null;
  }

  FirewallPolicy of(FirewallPolicy wanted) {
    Set<FirewallPolicy.Zone> zones = new HashSet<>();
    for (FirewallPolicy.Zone zone : wanted.zones()) {
      String refusal = zone(zone);
      if (refusal == null) {
        zones.add(
            new FirewallPolicy.Zone(
                zone.vni(),
                zone.overlaySubnet(),
                kept(zone.overlays(), it -> overlay(zone, it)),
                kept(zone.local(), it -> network(zone, it)),
                kept(zone.peers(), it -> peer(zone, it))));
      } else {
        refused.accept(OBJECT, "VNI " + zone.vni() + ": " + refusal);
      }
    }
    return new FirewallPolicy(
        policy.vxlanPort(),
        FirewallPolicy.DEFAULT_PROBE_PORT,
        zones,
        kept(wanted.known(), it -> prefix(it, policy.overlay())),
        outer(wanted.outer()));
  }

  private FirewallPolicy.Outer outer(FirewallPolicy.Outer wanted) {
    return new FirewallPolicy.Outer(
        kept(
            wanted.devices(),
            it -> TunnelEnforcement.isTunnel(it) ? null : it + " is no WireGuard device"),
        kept(wanted.ports(), it -> isWireGuard(it) ? null : "UDP port " + it),
        kept(wanted.members(), it -> endpoint(policy, here, it)));
  }

  private boolean isWireGuard(int port) {
    return policy.wireguardPort().filter(first -> port == first || port == first + 1).isPresent();
  }

  private <T> Set<T> kept(Set<T> wanted, Function<T, @Nullable String> refusal) {
    Set<T> kept = new HashSet<>();
    for (T one : wanted) {
      String reason = refusal.apply(one);
      if (reason == null) {
        kept.add(one);
      } else {
        refused.accept(OBJECT, reason);
      }
    }
    return kept;
  }

  private @Nullable String zone(FirewallPolicy.Zone zone) {
    if (!policy.vnis().contains(zone.vni())) {
      return "is not one of the policy's";
    }
    return zone.overlaySubnet().equals(policy.overlay(zone.vni()))
        ? null
        : "its overlay subnet is not " + zone.overlaySubnet();
  }

  private static @Nullable String overlay(FirewallPolicy.Zone zone, InetAddress address) {
    return zone.overlaySubnet().contains(address)
        ? null
        : "%s is not in the overlay subnet".formatted(address.getHostAddress());
  }

  private @Nullable String network(
      FirewallPolicy.Zone zone, FirewallPolicy.GuardedNetwork network) {
    HostView.Network known = here.networks().get(network.prefix());
    if (known == null || !known.vni().equals(zone.vni())) {
      return "%s is no network of this host in VNI %s".formatted(network.prefix(), zone.vni());
    }
    String device = network.device();
    if (device != null && !known.devices().contains(device)) {
      return "%s doesn't hold %s".formatted(device, network.prefix());
    }
    InetAddress gateway = network.gateway();
    return gateway == null || network.prefix().contains(gateway)
        ? null
        : "the gateway %s is not in %s".formatted(gateway.getHostAddress(), network.prefix());
  }

  private @Nullable String peer(FirewallPolicy.Zone zone, FirewallPolicy.Remote peer) {
    String refusal = endpoint(policy, here, peer.underlay());
    if (refusal != null) {
      return refusal;
    }
    for (InetAddress other : List.of(peer.end(), peer.outside())) {
      refusal = endpoint(policy, here, other);
      if (refusal != null) {
        return refusal;
      }
    }
    for (InetAddress address : peer.overlays()) {
      refusal = overlay(zone, address);
      if (refusal != null) {
        return refusal;
      }
    }
    for (Prefix prefix : peer.prefixes()) {
      refusal = prefix(prefix, zone.overlaySubnet());
      if (refusal != null) {
        return refusal;
      }
    }
    for (InetAddress gateway : peer.gateways()) {
      if (peer.prefixes().stream().noneMatch(prefix -> prefix.contains(gateway))) {
        return "the gateway %s is in no prefix of its host".formatted(gateway.getHostAddress());
      }
    }
    return null;
  }

  private @Nullable String prefix(Prefix prefix, Prefix overlay) {
    return prefixes
        .anywhere(prefix, overlay)
        .map(refusal -> prefix + " " + refusal.reason())
        .orElse(null);
  }
}
