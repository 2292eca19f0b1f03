package io.vrouter.membership.crypto;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Names one sender's boot: 16 random octets. */
record Salt(long high, long low) {
  /** Octets on the wire. */
  static final int LENGTH = 16;

  static Salt read(ByteBuffer in) {
    return new Salt(in.getLong(), in.getLong());
  }

  void write(ByteBuffer out) {
    out.putLong(high).putLong(low);
  }

  byte[] toArray() {
    return ByteBuffer.allocate(LENGTH).putLong(high).putLong(low).array();
  }

  // Hand-written: see NodeId.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Salt that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(high) + Long.hashCode(low);
  }
}
