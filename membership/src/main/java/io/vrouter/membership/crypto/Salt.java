package io.vrouter.membership.crypto;

import java.nio.ByteBuffer;

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
}
