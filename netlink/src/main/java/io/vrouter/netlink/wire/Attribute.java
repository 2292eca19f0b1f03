package io.vrouter.netlink.wire;

/**
 * One attribute ({@code struct nlattr}).
 *
 * @param type 0 to 16,383, without the two flag bits
 * @param flags the flag bits {@link Netlink#NLA_F_NESTED} and {@link Netlink#NLA_F_NET_BYTEORDER}
 *     as they came: kernels differ in setting them, so decoding never relies on them
 * @param payload without padding, at most 65,531 octets
 */
public record Attribute(int type, int flags, Payload payload) {
  static final int HEADER = 4;
  static final int TYPE_MASK = 0x3fff;
  static final int MAX_PAYLOAD = 0xffff - HEADER;

  /** Checks the ranges. */
  public Attribute {
    if (type < 0 || type > TYPE_MASK) {
      throw new IllegalArgumentException("attribute type " + type + " is not 0 to " + TYPE_MASK);
    }
    if ((flags & ~(Netlink.NLA_F_NESTED | Netlink.NLA_F_NET_BYTEORDER)) != 0) {
      throw new IllegalArgumentException("attribute flags " + flags + " are not NLA_F_ flags");
    }
    if (payload.length() > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "attribute " + type + " has " + payload.length() + " octets; " + MAX_PAYLOAD + " fit");
    }
  }

  /** An attribute without flags. */
  public Attribute(int type, Payload payload) {
    this(type, 0, payload);
  }
}
