package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import java.nio.ByteBuffer;

/** Identities whose signatures are keyed hashes: a thousand times cheaper than Ed25519. */
public final class SimKeys implements Verifier {
  private static final long SECRET = 0x5deece66dL;

  /** The identity with this number. */
  public Signer signer(long number) {
    ByteBuffer key = ByteBuffer.allocate(32);
    for (int i = 0; i < 4; i++) {
      key.putLong(mix(number * 4 + i));
    }
    Bytes publicKey = Bytes.from(key.flip());
    NodeId id = idOf(publicKey);
    return new Signer() {
      @Override
      public Bytes publicKey() {
        return publicKey;
      }

      @Override
      public NodeId id() {
        return id;
      }

      @Override
      public Bytes sign(Bytes message) {
        return signature(publicKey, message);
      }
    };
  }

  @Override
  public NodeId idOf(Bytes publicKey) {
    ByteBuffer key = publicKey.buffer();
    return new NodeId(mix(key.getLong(0) ^ 1), mix(key.getLong(8) ^ 2));
  }

  @Override
  public boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
    return signature(publicKey, message).equals(signature);
  }

  private static Bytes signature(Bytes publicKey, Bytes message) {
    long hash = mix(publicKey.buffer().getLong(0) ^ SECRET);
    ByteBuffer in = message.buffer();
    while (in.remaining() >= 8) {
      hash = mix(hash ^ in.getLong());
    }
    while (in.hasRemaining()) {
      hash = mix(hash ^ in.get());
    }
    ByteBuffer out = ByteBuffer.allocate(64);
    for (int i = 0; i < 8; i++) {
      out.putLong(hash + i);
    }
    return Bytes.from(out.flip());
  }

  static long mix(long z) {
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
