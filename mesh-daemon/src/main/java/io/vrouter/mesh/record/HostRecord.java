package io.vrouter.mesh.record;

import io.vrouter.membership.Bytes;
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
 * "These container subnets live behind this underlay address": everything that a host publishes.
 *
 * <p>The MAC address of its tunnel end is not carried: it follows from the node id and the VNI.
 *
 * @param node the host's name, for people only
 * @param version meshd's version, for people only
 * @param underlay the address that peers send VXLAN packets to
 * @param vxlanPort UDP, 1 to 65,535
 * @param overlays at most one per VNI, at most {@link #MAX_OVERLAYS}
 * @param subnets no prefix twice in one VNI, at most {@link #MAX_SUBNETS}
 * @param pool ranges of subnets for its Docker engine, and votes for others'
 * @param arrivals whose probes arrive, of the peers that don't answer its own
 * @param tunnel its encryption, and its WireGuard devices' public keys
 * @param blockedOverlays bit i for overlay subnet i of the sequence of subnets that this host can't
 *     use; null when its subnet is configured, and of an older version
 * @param policy a signed policy that this host carries for others, unchecked; empty for none
 */
public record HostRecord(
    String node,
    String version,
    InetAddress underlay,
    int vxlanPort,
    List<Overlay> overlays,
    List<Subnet> subnets,
    PoolShare pool,
    ProbeArrivals arrivals,
    TunnelShare tunnel,
    @Nullable Integer blockedOverlays,
    Bytes policy) {
  /** Most VNIs of a host. */
  public static final int MAX_OVERLAYS = 64;

  /** Most subnets of a host; with long names the payload limit of 16 KiB is reached first. */
  public static final int MAX_SUBNETS = 512;

  public HostRecord {
    Label.check("node name", node);
    Label.check("version", version);
    checkUnicast("underlay address", underlay);
    if (vxlanPort < 1 || vxlanPort > 65_535) {
      throw new IllegalArgumentException("'" + vxlanPort + "' is not a UDP port: 1 to 65535");
    }
    overlays = List.copyOf(overlays);
    subnets = List.copyOf(subnets);
    checkCount("overlay addresses", overlays.size(), MAX_OVERLAYS);
    checkCount("subnets", subnets.size(), MAX_SUBNETS);
    Set<Vni> vnis = new HashSet<>();
    for (Overlay overlay : overlays) {
      if (!vnis.add(overlay.vni())) {
        throw new IllegalArgumentException("two overlay addresses in VNI " + overlay.vni());
      }
    }
    record SubnetKey(Prefix prefix, Vni vni) {}
    Set<SubnetKey> keys = new HashSet<>();
    for (Subnet subnet : subnets) {
      if (!keys.add(new SubnetKey(subnet.prefix(), subnet.vni()))) {
        throw new IllegalArgumentException(
            "subnet %s twice in VNI %s".formatted(subnet.prefix(), subnet.vni()));
      }
    }
  }

  /** The record of a host without part in the pool. */
  public HostRecord(
      String node,
      String version,
      InetAddress underlay,
      int vxlanPort,
      List<Overlay> overlays,
      List<Subnet> subnets) {
    this(node, version, underlay, vxlanPort, overlays, subnets, PoolShare.NONE, ProbeArrivals.NONE);
  }

  /** The record of a host without encryption. */
  public HostRecord(
      String node,
      String version,
      InetAddress underlay,
      int vxlanPort,
      List<Overlay> overlays,
      List<Subnet> subnets,
      PoolShare pool,
      ProbeArrivals arrivals) {
    this(
        node,
        version,
        underlay,
        vxlanPort,
        overlays,
        subnets,
        pool,
        arrivals,
        TunnelShare.NONE,
        null,
        Bytes.EMPTY);
  }

  /** A copy with another part in the pool. */
  public HostRecord with(PoolShare share) {
    return new HostRecord(
        node,
        version,
        underlay,
        vxlanPort,
        overlays,
        subnets,
        share,
        arrivals,
        tunnel,
        blockedOverlays,
        policy);
  }

  /** A copy with other claims. */
  public HostRecord with(List<Overlay> otherOverlays, List<Subnet> otherSubnets) {
    return new HostRecord(
        node,
        version,
        underlay,
        vxlanPort,
        otherOverlays,
        otherSubnets,
        pool,
        arrivals,
        tunnel,
        blockedOverlays,
        policy);
  }

  /** A copy with another encryption. */
  public HostRecord with(TunnelShare share) {
    return new HostRecord(
        node,
        version,
        underlay,
        vxlanPort,
        overlays,
        subnets,
        pool,
        arrivals,
        share,
        blockedOverlays,
        policy);
  }

  /** A copy with other arrivals of probes. */
  public HostRecord with(ProbeArrivals other) {
    return new HostRecord(
        node,
        version,
        underlay,
        vxlanPort,
        overlays,
        subnets,
        pool,
        other,
        tunnel,
        blockedOverlays,
        policy);
  }

  /** A copy that carries another policy. */
  public HostRecord with(Bytes signed) {
    return new HostRecord(
        node,
        version,
        underlay,
        vxlanPort,
        overlays,
        subnets,
        pool,
        arrivals,
        tunnel,
        blockedOverlays,
        signed);
  }

  /** A copy with other blocked overlay subnets. */
  public HostRecord withBlockedOverlays(@Nullable Integer blocked) {
    return new HostRecord(
        node, version, underlay, vxlanPort, overlays, subnets, pool, arrivals, tunnel, blocked,
        policy);
  }

  /** The host's overlay address in a VNI; empty while it has none there. */
  public Optional<Overlay> overlay(Vni vni) {
    return overlays.stream().filter(overlay -> overlay.vni().equals(vni)).findFirst();
  }

  /**
   * The highest Lamport number of overlay addresses and subnets, 0 when nothing is claimed; the
   * pool counts apart.
   */
  public long highestLamport() {
    long highest = 0;
    for (Overlay overlay : overlays) {
      highest = Math.max(highest, overlay.lamport());
    }
    for (Subnet subnet : subnets) {
      highest = Math.max(highest, subnet.lamport());
    }
    return highest;
  }

  static void checkUnicast(String what, InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || address.isLoopbackAddress()
        || (address.getAddress().length == 4 && address.getAddress()[0] == -1)) {
      throw new IllegalArgumentException(
          "%s '%s' must be a unicast address of one host"
              .formatted(what, address.getHostAddress()));
    }
  }

  static void checkCount(String what, int count, int max) {
    if (count > max) {
      throw new IllegalArgumentException("%d %s: at most %d".formatted(count, what, max));
    }
  }
}
