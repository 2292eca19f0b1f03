package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This host as configuration, Docker and the underlay describe it: the local half of the planner's
 * input.
 *
 * @param vxlanPort UDP port of the tunnels
 * @param vnis each at most once
 * @param networks each in one of the VNIs, no prefix twice
 * @param pool the mesh-wide pool of subnets
 */
public record LocalState(
    NodeId self,
    String node,
    String version,
    Underlay underlay,
    int vxlanPort,
    List<LocalVni> vnis,
    List<LocalNetwork> networks,
    Options options,
    LocalPool pool) {
  public LocalState {
    Label.check("node name", node);
    Label.check("version", version);
    vnis = List.copyOf(vnis);
    networks = List.copyOf(networks);
    Set<Vni> seen = new HashSet<>();
    for (LocalVni vni : vnis) {
      if (!seen.add(vni.vni())) {
        throw new IllegalArgumentException("VNI " + vni.vni() + " is given twice");
      }
    }
    Set<Prefix> prefixes = new HashSet<>();
    for (LocalNetwork network : networks) {
      if (!seen.contains(network.vni())) {
        throw new IllegalArgumentException(
            "network %s is in VNI %s, which has no overlay subnet"
                .formatted(network.prefix(), network.vni()));
      }
      if (!prefixes.add(network.prefix())) {
        throw new IllegalArgumentException("network " + network.prefix() + " is given twice");
      }
    }
  }

  /** As above, with {@link LocalPool#DEFAULT}. */
  public LocalState(
      NodeId self,
      String node,
      String version,
      Underlay underlay,
      int vxlanPort,
      List<LocalVni> vnis,
      List<LocalNetwork> networks,
      Options options) {
    this(self, node, version, underlay, vxlanPort, vnis, networks, options, LocalPool.DEFAULT);
  }

  /** A copy with fewer VNIs and networks. */
  public LocalState limited(List<LocalVni> someVnis, List<LocalNetwork> someNetworks) {
    return new LocalState(
        self, node, version, underlay, vxlanPort, someVnis, someNetworks, options, pool);
  }

  /** This host's part in a VNI; empty when it is not in it. */
  public Optional<LocalVni> vni(Vni vni) {
    return vnis.stream().filter(local -> local.vni().equals(vni)).findFirst();
  }

  /**
   * The same with another subnet for the floating VNI, and so for the others.
   *
   * @throws IllegalStateException when none floats
   */
  public LocalState withOverlaySubnets(Prefix base) {
    Vni floating = options.floating();
    if (floating == null) {
      throw new IllegalStateException("the overlay subnet is configured");
    }
    return new LocalState(
        self,
        node,
        version,
        underlay,
        vxlanPort,
        vnis.stream()
            .map(it -> new LocalVni(it.vni(), OverlaySubnets.of(base, floating, it.vni()), null))
            .toList(),
        networks,
        options,
        pool);
  }

  /**
   * Settings with a default.
   *
   * @param metric of our routes, 1 or more: 0 is the kernel's own connected routes'
   * @param probePort closed UDP port that data path probes hit
   * @param allow prefixes that may be advertised and accepted although a route here covers them
   * @param avoid seeds' and resolvers' addresses: a prefix that covers one would cut this host off
   * @param accept public prefixes in which this host takes and advertises prefixes
   * @param wireguardPort UDP port of the first WireGuard device; the second one's is the next
   * @param floating the VNI whose overlay subnet the members choose; null when it is configured
   */
  public record Options(
      int metric,
      int probePort,
      List<Prefix> allow,
      Set<InetAddress> avoid,
      List<Prefix> accept,
      Encryption encryption,
      int wireguardPort,
      @Nullable Vni floating) {
    /** Options with a configured overlay subnet. */
    public Options(
        int metric,
        int probePort,
        List<Prefix> allow,
        Set<InetAddress> avoid,
        List<Prefix> accept,
        Encryption encryption,
        int wireguardPort) {
      this(metric, probePort, allow, avoid, accept, encryption, wireguardPort, null);
    }

    /** Options of plain tunnels. */
    public Options(
        int metric,
        int probePort,
        List<Prefix> allow,
        Set<InetAddress> avoid,
        List<Prefix> accept) {
      this(metric, probePort, allow, avoid, accept, Encryption.NONE, Defaults.WIREGUARD_PORT);
    }

    /** Options that accept private space only. */
    public Options(int metric, int probePort, List<Prefix> allow, Set<InetAddress> avoid) {
      this(metric, probePort, allow, avoid, List.of());
    }

    public Options {
      if (metric < 1) {
        throw new IllegalArgumentException("'" + metric + "' is not a route metric: 1 or more");
      }
      allow = List.copyOf(allow);
      avoid = Set.copyOf(avoid);
      accept = List.copyOf(accept);
    }

    /** Nothing configured. */
    public static Options defaults() {
      return new Options(Mark.METRIC, FirewallPolicy.DEFAULT_PROBE_PORT, List.of(), Set.of());
    }
  }
}
