package io.vrouter.membership;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;

/** An immutable octet string with value equality. */
public final class Bytes {
  /** No octets. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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

  /**
   * Octets that {@code writer} puts into a buffer of that length; the writer must not keep the
   * buffer.
   */
  public static Bytes written(int length, Consumer<ByteBuffer> writer) {
    byte[] octets = new byte[length];
    writer.accept(ByteBuffer.wrap(octets));
    return new Bytes(octets);
  }

  /** Number of octets. */
  public int length() {
    return octets.length;
  }

  /** A copy that the caller may change. */
  public byte[] toArray() {
    return octets.clone();
  }

  /** One octet, signed. */
  public byte byteAt(int index) {
    return octets[index];
  }

  /** Two octets as a big-endian number. */
  public short shortAt(int index) {
    return (short) SHORTS.get(octets, index);
  }

  /** Four octets as a big-endian number. */
  public int intAt(int index) {
    return (int) INTS.get(octets, index);
  }

  /** Eight octets as a big-endian number. */
  public long longAt(int index) {
    return (long) LONGS.get(octets, index);
  }

  /** A copy of some of the octets. */
  public Bytes part(int from, int length) {
    Objects.checkFromIndexSize(from, length, octets.length);
    return new Bytes(Arrays.copyOfRange(octets, from, from + length));
  }

  /** Whether these octets begin at the index of the others. */
  public boolean isPartOf(Bytes others, int index) {
    int end = index + octets.length;
    return end <= others.octets.length
        && Arrays.equals(octets, 0, octets.length, others.octets, index, end);
  }

  /** Puts all octets into a buffer. */
  public void putInto(ByteBuffer buffer) {
    putInto(buffer, 0, octets.length);
  }

  /** Puts some of the octets into a buffer. */
  public void putInto(ByteBuffer buffer, int from, int length) {
    buffer.put(octets, from, length);
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
