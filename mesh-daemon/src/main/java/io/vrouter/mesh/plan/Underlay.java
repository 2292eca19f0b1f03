package io.vrouter.mesh.plan;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Where this host's tunnel packets leave.
 *
 * @param address what peers send to
 * @param mtu of the link, in bytes
 * @param ifIndex of the link
 */
public record Underlay(InetAddress address, int mtu, int ifIndex) {
  private static final int OVERHEAD_IPV4 = 50;
  private static final int OVERHEAD_IPV6 = 70;

  public Underlay {
    // RFC 791 section 3.2: every link carries 68 bytes; the tunnel must carry that much, too.
    if (mtu < 68 + OVERHEAD_IPV6 || mtu > 65_575) {
      throw new IllegalArgumentException("an underlay MTU of " + mtu + ": 138 to 65575");
    }
  }

  /** The MTU of a tunnel device: outer Ethernet, IP, UDP and VXLAN headers off (RFC 7348). */
  public int tunnelMtu() {
    return mtu - (address instanceof Inet4Address ? OVERHEAD_IPV4 : OVERHEAD_IPV6);
  }
}
