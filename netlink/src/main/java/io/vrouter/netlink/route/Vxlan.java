package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a VXLAN device (RFC 7348; drivers/net/vxlan/vxlan_core.c, vxlan_fill_info).
 *
 * @param id the VNI, 0 to 16,777,215
 * @param local source address of the tunnel; null leaves the choice to each route
 * @param link index of the underlying device, 0 for none
 * @param port UDP destination port, 0 to 65,535
 * @param portLow lowest source port; 0 with {@code portHigh} 0 lets the kernel choose
 * @param portHigh highest source port
 * @param learning whether source addresses of frames that come in are learned
 * @param ageing seconds until a learned entry expires
 * @param limit most learned entries, 0 for no limit
 * @param udpCsum whether UDP checksums are sent over IPv4
 * @param group default destination; null for none, as in a mesh
 * @param collectMetadata whether it is an "external" device, whose tunnels a route or tc sets
 * @param unknown other attributes, kept
 */
public record Vxlan(
    int id,
    @Nullable InetAddress local,
    int link,
    int port,
    int portLow,
    int portHigh,
    boolean learning,
    int ageing,
    int limit,
    boolean udpCsum,
    @Nullable InetAddress group,
    boolean collectMetadata,
    List<Attribute> unknown) {
  /** The kernel's default ageing in seconds. */
  public static final int AGEING = 300;

  /** Copies the list. */
  public Vxlan {
    unknown = List.copyOf(unknown);
  }

  /**
   * A device with the kernel's defaults, apart from learning, ageing 300 s, no limit, checksums.
   */
  public static Vxlan of(int id, InetAddress local, int port) {
    return new Vxlan(id, local, 0, port, 0, 0, true, AGEING, 0, true, null, false, List.of());
  }

  /** The same with learning on or off. */
  public Vxlan withLearning(boolean newLearning) {
    return new Vxlan(
        id,
        local,
        link,
        port,
        portLow,
        portHigh,
        newLearning,
        ageing,
        limit,
        udpCsum,
        group,
        collectMetadata,
        unknown);
  }

  /** The same with at most so many learned entries. */
  public Vxlan withLimit(int newLimit) {
    return new Vxlan(
        id,
        local,
        link,
        port,
        portLow,
        portHigh,
        learning,
        ageing,
        newLimit,
        udpCsum,
        group,
        collectMetadata,
        unknown);
  }
}
