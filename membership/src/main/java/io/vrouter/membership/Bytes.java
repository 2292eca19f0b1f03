package io.vrouter.membership;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable octet string with value equality: what an array in a record is not. */
public final class Bytes {
  /** No octets. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] octets;

  private Bytes(byte[] octets) {
    this.octets = octets;
  }

  /** A copy of the given octets. */
  public static Bytes of(byte... octets) {
    return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
  }

  /** The remaining octets of the buffer, whose position moves to its limit. */
  public static Bytes from(ByteBuffer buffer) {
    byte[] octets = new byte[buffer.remaining()];
    buffer.get(octets);
    return new Bytes(octets);
  }

  /** How many octets there are. */
  public int length() {
    return octets.length;
  }

  /** A copy that the caller may change. */
  public byte[] toArray() {
    return octets.clone();
  }

  /** A read-only view at position 0. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(octets).asReadOnlyBuffer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /** Hexadecimal, cut after 16 octets: for logs. */
  @Override
  public String toString() {
    String hex = HexFormat.of().formatHex(octets, 0, Math.min(16, octets.length));
    return octets.length > 16 ? hex + "… (" + octets.length + " bytes)" : hex;
  }
}
