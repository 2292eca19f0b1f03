package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Payload;

/**
 * An Ethernet address.
 *
 * @param bits its 48 bits, first octet highest
 */
public record MacAddress(long bits) {
  /** All zeros: in a VXLAN FDB the flooding entry. */
  public static final MacAddress ZERO = new MacAddress(0);

  /** Checks the range. */
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException(
          "a MAC address has 48 bits, not 0x" + Long.toHexString(bits));
    }
  }

  /**
   * From six octets.
   *
   * @throws IllegalArgumentException for any other number of them
   */
  public static MacAddress of(byte... octets) {
    if (octets.length != 6) {
      throw new IllegalArgumentException("a MAC address has 6 octets, not " + octets.length);
    }
    long bits = 0;
    for (byte octet : octets) {
      bits = (bits << 8) | (octet & 0xff);
    }
    return new MacAddress(bits);
  }

  /**
   * From six pairs of hexadecimal digits with colons.
   *
   * @throws IllegalArgumentException naming the text
   */
  public static MacAddress parse(String text) {
    if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a MAC address like 02:42:ac:11:00:02");
    }
    return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
  }

  static MacAddress decode(Payload payload) {
    if (payload.length() != 6) {
      throw new DecodeException("a MAC address of " + payload.length() + " octets");
    }
    return of(payload.toArray());
  }

  /** A copy of the six octets. */
  public byte[] toArray() {
    byte[] octets = new byte[6];
    for (int i = 0; i < 6; i++) {
      octets[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return octets;
  }

  /** Whether it is a group address: multicast or broadcast. */
  public boolean isGroup() {
    return (bits >>> 40 & 1) != 0;
  }

  /** {@code 02:42:ac:11:00:02}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(17);
    for (byte octet : toArray()) {
      text.append(text.isEmpty() ? "" : ":").append(Character.forDigit(octet >> 4 & 15, 16));
      text.append(Character.forDigit(octet & 15, 16));
    }
    return text.toString();
  }
}
