package io.vrouter.membership;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A host's permanent name: the first 128 bits of SHA-256 over its Ed25519 public key.
 *
 * <p>Ordered as an unsigned 128-bit number: "the lower id wins" means the same on every host.
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {
  /** Bytes of an id on the wire. */
  public static final int BYTES = 16;

  /**
   * Reads an id from its {@link #BYTES} big-endian bytes.
   *
   * @throws IllegalArgumentException when there are not exactly that many
   */
  public static NodeId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "a node id has " + BYTES + " bytes, this has " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new NodeId(buffer.getLong(), buffer.getLong());
  }

  /**
   * Reads the form that {@link #toString} prints.
   *
   * @throws IllegalArgumentException when the text is not 32 hexadecimal digits
   */
  public static NodeId parse(String text) {
    if (!text.matches("[0-9a-fA-F]{32}")) {
      throw new IllegalArgumentException("'" + text + "' is not a node id: 32 hexadecimal digits");
    }
    return of(HexFormat.of().parseHex(text));
  }

  /** The id's {@link #BYTES} big-endian bytes. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /** The first eight digits: enough for a table, never for a decision. */
  public String abbreviated() {
    return toString().substring(0, 8);
  }

  // Hand-written: a record's generated equals is slow under C1, and this runs several times per
  // datagram.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NodeId that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(high) + Long.hashCode(low);
  }

  @Override
  public int compareTo(NodeId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(toBytes());
  }
}
