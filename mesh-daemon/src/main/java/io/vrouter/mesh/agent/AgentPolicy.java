package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import io.vrouter.mesh.plan.OverlaySubnets;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent lets its node write, whatever the node asks for.
 *
 * @param user number of the node's user, the only one whose connections are served
 * @param vnis in which devices are made
 * @param overlay the overlay subnet of the main VNI; those of the others follow from it
 * @param vxlanPort UDP port of the tunnels
 * @param accept public ranges into which routes may lead, beside private space; never a default
 *     route, nothing shorter than /12 (IPv6 /32)
 * @param only if there is any, routes may lead into these prefixes only
 * @param allow prefixes that are accepted although a local route covers them
 * @param subnets of this host that may be reached beside those of Docker's networks, with the VNI
 * @param underlays in which peers' underlay addresses must be; empty: anywhere
 * @param protect addresses that no route may cover, beside gateways, resolvers, seeds, peers' and
 *     own addresses
 * @param maxRoutes of all VNIs together
 * @param maxPeers of one VNI
 * @param maxKnown prefixes that may be held back after their withdrawal
 * @param lease how long the data path outlives the last request of a node; empty: without end
 * @param wireguardPort UDP, of the first WireGuard device; the second one's is the next; empty: no
 *     encryption
 */
public record AgentPolicy(
    int user,
    Vnis vnis,
    Prefix overlay,
    int vxlanPort,
    List<Prefix> accept,
    List<Prefix> only,
    List<Prefix> allow,
    Map<Prefix, Vni> subnets,
    List<Prefix> underlays,
    Set<InetAddress> protect,
    int maxRoutes,
    int maxPeers,
    int maxKnown,
    Optional<Duration> lease,
    Optional<Integer> wireguardPort) {
  /** The user of a node unless the policy names another: nobody. */
  public static final int NOBODY = 65_534;

  /** Most routes unless the policy gives another number. */
  static final int ROUTES = 16_384;

  /** Most peers unless the policy gives another number. */
  static final int PEERS = 4_096;

  public AgentPolicy {
    accept = List.copyOf(accept);
    only = List.copyOf(only);
    allow = List.copyOf(allow);
    subnets = Map.copyOf(subnets);
    underlays = List.copyOf(underlays);
    protect = Set.copyOf(protect);
  }

  /** The policy that follows from a daemon's configuration. */
  public static AgentPolicy of(
      Vnis vnis,
      Prefix overlay,
      int vxlanPort,
      List<Prefix> accept,
      List<Prefix> allow,
      Map<Prefix, Vni> subnets) {
    return new AgentPolicy(
        NOBODY,
        vnis,
        overlay,
        vxlanPort,
        accept,
        List.of(),
        allow,
        subnets,
        List.of(),
        Set.of(),
        ROUTES,
        PEERS,
        ROUTES,
        Optional.empty(),
        Optional.empty());
  }

  /** The same with encryption. */
  public AgentPolicy withWireGuard(int port) {
    return new AgentPolicy(
        user,
        vnis,
        overlay,
        vxlanPort,
        accept,
        only,
        allow,
        subnets,
        underlays,
        protect,
        maxRoutes,
        maxPeers,
        maxKnown,
        lease,
        Optional.of(port));
  }

  /** The overlay subnet of a VNI. */
  Prefix overlay(Vni vni) {
    return OverlaySubnets.of(overlay, vnis.main(), vni);
  }
}
