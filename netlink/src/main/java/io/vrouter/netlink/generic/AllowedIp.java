package io.vrouter.netlink.generic;

import java.net.InetAddress;

/**
 * Addresses that a WireGuard peer may send from and that are sent to it.
 *
 * @param length of the prefix in bits, 0 to 32 or 128
 */
public record AllowedIp(InetAddress address, int length) {
  public AllowedIp {
    if (length < 0 || length > address.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "%s/%d: the length is 0 to %d"
              .formatted(address.getHostAddress(), length, address.getAddress().length * 8));
    }
  }

  /** One address. */
  public static AllowedIp host(InetAddress address) {
    return new AllowedIp(address, address.getAddress().length * 8);
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + length;
  }
}
