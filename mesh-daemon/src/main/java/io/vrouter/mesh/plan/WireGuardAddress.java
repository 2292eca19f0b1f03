package io.vrouter.mesh.plan;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * The address of a host's WireGuard device, inside the encrypted network. It follows from the node
 * id and the device, so that no record carries it and none can claim another host's.
 *
 * <p>Of the underlay's IP version, so that a VXLAN device reaches plain and encrypted hosts. IPv4:
 * 28 bits of a hash in 240.0.0.0/4, which no host uses otherwise and which the kernel routes as
 * unicast; a collision is settled for the host that was there first. IPv6: 80 bits in a unique
 * local prefix (RFC 4193). docs/adr has the reasons.
 */
public final class WireGuardAddress {
  /** The network of IPv4 underlays. */
  public static final Prefix IPV4 = Prefix.parse("240.0.0.0/4");

  /** The network of IPv6 underlays: "vrout" in ASCII. */
  public static final Prefix IPV6 = Prefix.parse("fd76:726f:7574::/48");

  private WireGuardAddress() {}

  /** The network that the addresses are in. */
  public static Prefix network(boolean ipv4) {
    return ipv4 ? IPV4 : IPV6;
  }

  /** Whether an address is one of a WireGuard device. */
  public static boolean isInside(InetAddress address) {
    return network(address instanceof Inet4Address).contains(address);
  }

  /**
   * The address of a device.
   *
   * @param slot 0 or 1
   */
  public static InetAddress of(NodeId id, int slot, boolean ipv4) {
    byte[] seed =
        ByteBuffer.allocate(NodeId.BYTES + 4).put(id.toBytes()).putInt(0x77670000 | slot).array();
    byte[] hash = Sha256.of(seed);
    byte[] address = network(ipv4).address().getAddress();
    if (ipv4) {
      System.arraycopy(hash, 0, address, 0, 4);
      address[0] = (byte) (address[0] | 0xf0);
      // 255.0.0.0/8 has the limited broadcast; 240.0.0.0/24 the network's own address.
      if (address[0] == (byte) 0xff || (address[0] == (byte) 0xf0 && address[1] == 0)) {
        address[0] = (byte) 0xf7;
      }
      return Addresses.of(address);
    }
    System.arraycopy(hash, 0, address, 6, 10);
    return Addresses.of(address);
  }
}
