package io.vrouter.mesh.fastpath;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The chain {@code forward} of the table {@code inet vrouter}, written down from the policy alone:
 * the rules of {@code inbound_VNI} and {@code outbound_VNI} of NftRuleset, new connections and
 * replies alike.
 *
 * @param policy of which it is
 */
record TableModel(FirewallPolicy policy) {
  /** Whether a packet that comes out of a tunnel may go on to the device. */
  boolean inbound(
      String tunnel, MacAddress from, InetAddress source, InetAddress destination, String bridge) {
    return policy.zones().stream()
        .filter(zone -> zone.device().equals(tunnel))
        .anyMatch(
            zone ->
                zone.peers().stream()
                        .anyMatch(
                            peer ->
                                peer.mac().equals(from)
                                    && (in(peer.prefixes(), source)
                                        || peer.overlays().contains(source)
                                        || peer.gateways().contains(source)
                                        || peer.outside().equals(source)))
                    && held(zone, destination, bridge));
  }

  /** Whether a packet of a bridge may go into the tunnel. */
  boolean outbound(String bridge, InetAddress source, String tunnel) {
    return policy.zones().stream()
        .filter(zone -> zone.device().equals(tunnel))
        .anyMatch(zone -> held(zone, source, bridge));
  }

  private static boolean held(FirewallPolicy.Zone zone, InetAddress address, String device) {
    return in(
        zone.local().stream()
            .filter(network -> device.equals(network.device()))
            .map(FirewallPolicy.GuardedNetwork::prefix)
            .collect(Collectors.toSet()),
        address);
  }

  private static boolean in(Set<Prefix> prefixes, InetAddress address) {
    return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
  }
}
