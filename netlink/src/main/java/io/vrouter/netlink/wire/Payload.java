package io.vrouter.netlink.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Immutable octets with value equality, and readers of their types. Every reader throws {@link
 * DecodeException} for octets that are not of its type.
 */
public final class Payload {
  /** No octets. */
  public static final Payload EMPTY = new Payload(new byte[0]);

  private final byte[] octets;

  private Payload(byte[] octets) {
    this.octets = octets;
  }

  /** A copy of the octets. */
  public static Payload of(byte... octets) {
    return octets.length == 0 ? EMPTY : new Payload(octets.clone());
  }

  /** The remaining octets of the buffer, whose position moves to its limit. */
  public static Payload from(ByteBuffer buffer) {
    byte[] octets = new byte[buffer.remaining()];
    buffer.get(octets);
    return new Payload(octets);
  }

  /** The number of octets. */
  public int length() {
    return octets.length;
  }

  /** A read-only view in host order at position 0. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(octets).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }

  /** A copy that the caller may change. */
  public byte[] toArray() {
    return octets.clone();
  }

  /** Appends the octets to the buffer: what a writer of messages needs, without a copy. */
  public void copyTo(ByteBuffer out) {
    out.put(octets);
  }

  /** One octet, 0 to 255. */
  public int u8() {
    return exactly(1).get() & 0xff;
  }

  /** Two octets in host order, 0 to 65,535. */
  public int u16() {
    return exactly(2).getShort() & 0xffff;
  }

  /** Two octets in network order, 0 to 65,535. */
  public int be16() {
    return exactly(2).order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
  }

  /** Four octets in network order, as a signed int. */
  public int be32() {
    return exactly(4).order(ByteOrder.BIG_ENDIAN).getInt();
  }

  /** Four octets in host order, as a signed int. */
  public int s32() {
    return exactly(4).getInt();
  }

  /** An IPv4 or IPv6 address, by length. Sixteen octets are always an {@link Inet6Address}. */
  public InetAddress ip() {
    try {
      if (octets.length == 4) {
        return InetAddress.getByAddress(octets);
      }
      if (octets.length == 16) {
        return Inet6Address.getByAddress(null, octets, -1);
      }
    } catch (UnknownHostException e) {
      throw new DecodeException("not an address: " + this);
    }
    throw new DecodeException("an address has 4 or 16 octets, not " + octets.length);
  }

  /** Text up to the first zero octet. */
  public String string() {
    int end = 0;
    while (end < octets.length && octets[end] != 0) {
      end++;
    }
    return new String(octets, 0, end, StandardCharsets.UTF_8);
  }

  /** Reads the octets as attributes. */
  public Attributes attributes() {
    return Attributes.parse(buffer());
  }

  private ByteBuffer exactly(int length) {
    if (octets.length != length) {
      throw new DecodeException("expected " + length + " octets, found " + octets.length);
    }
    return buffer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /** Hexadecimal, cut after 32 octets: for logs. */
  @Override
  public String toString() {
    String hex = HexFormat.of().formatHex(octets, 0, Math.min(32, octets.length));
    return octets.length > 32 ? hex + "… (" + octets.length + " octets)" : hex;
  }
}
