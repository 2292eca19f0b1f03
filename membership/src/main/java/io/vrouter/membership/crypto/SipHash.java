package io.vrouter.membership.crypto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012): a 64-bit MAC of short inputs under a key of
 * 128 bits, some tens of nanoseconds for a datagram. Immutable; any thread.
 */
final class SipHash {
  /** Octets of a key. */
  static final int KEY_LENGTH = 16;

  private final long k0;
  private final long k1;

  /**
   * Takes a key.
   *
   * @param key {@link #KEY_LENGTH} octets
   */
  SipHash(byte[] key) {
    ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    k0 = words.getLong();
    k1 = words.getLong();
  }

  /** The MAC of the octets between position and limit; the buffer's position stays. */
  long of(ByteBuffer message) {
    ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    Lanes state = new Lanes(k0, k1);
    long length = in.remaining();
    while (in.remaining() >= Long.BYTES) {
      state.compress(in.getLong());
    }
    long last = length << 56;
    for (int shift = 0; in.hasRemaining(); shift += Byte.SIZE) {
      last |= (in.get() & 0xffL) << shift;
    }
    state.compress(last);
    return state.end();
  }

  private static final class Lanes {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    Lanes(long k0, long k1) {
      v0 = k0 ^ 0x736f6d6570736575L;
      v1 = k1 ^ 0x646f72616e646f6dL;
      v2 = k0 ^ 0x6c7967656e657261L;
      v3 = k1 ^ 0x7465646279746573L;
    }

    void compress(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    long end() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
