package io.vrouter.mesh.plan;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The source of this host's tunnel packets.
 *
 * @param address of this host, source and destination of tunnel packets
 * @param mtu of the link, in bytes
 * @param ifIndex of the link
 * @param tunnelMtu of a tunnel device, in bytes
 * @param advertised the address that peers send to: the same unless it is translated 1:1 on the way
 */
public record Underlay(
    InetAddress address, int mtu, int ifIndex, int tunnelMtu, InetAddress advertised) {
  private static final int OVERHEAD_IPV4 = 50;
  private static final int OVERHEAD_IPV6 = 70;

  public Underlay {
    // RFC 791 section 3.2: every link carries 68 bytes; the tunnel must carry that much, too.
    if (mtu < 68 + OVERHEAD_IPV6 || mtu > 65_575) {
      throw new IllegalArgumentException("an underlay MTU of " + mtu + ": 138 to 65575");
    }
  }

  /**
   * An underlay with the tunnel MTU that fits: minus outer Ethernet, IP, UDP and VXLAN headers (RFC
   * 7348).
   */
  public Underlay(InetAddress address, int mtu, int ifIndex) {
    this(
        address,
        mtu,
        ifIndex,
        mtu - (address instanceof Inet4Address ? OVERHEAD_IPV4 : OVERHEAD_IPV6),
        address);
  }

  /** The same with the tunnel MTU of the operator's choice. */
  public Underlay withTunnelMtu(int bytes) {
    return new Underlay(address, mtu, ifIndex, bytes, advertised);
  }

  /** The same with a tunnel MTU that fits inside WireGuard. */
  public Underlay encrypted() {
    boolean ipv4 = address instanceof Inet4Address;
    return withTunnelMtu(WantedTunnels.mtu(this, ipv4) - (ipv4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6));
  }

  /** The same, reached by another address. */
  public Underlay withAdvertised(InetAddress translated) {
    return new Underlay(address, mtu, ifIndex, tunnelMtu, translated);
  }
}
