package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import java.nio.ByteBuffer;

/** Identities whose signatures are keyed hashes: a thousand times cheaper than Ed25519. */
public final class SimKeys implements Verifier {
  private static final long SECRET = 0x5deece66dL;
  private static final int SIGNATURE = 64;

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
    return new NodeId(mix(publicKey.longAt(0) ^ 1), mix(publicKey.longAt(8) ^ 2));
  }

  @Override
  public boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
    long hash = hash(publicKey, message);
    boolean right = signature.length() == SIGNATURE;
    for (int i = 0; right && i < SIGNATURE / Long.BYTES; i++) {
      right = signature.longAt(i * Long.BYTES) == hash + i;
    }
    return right;
  }

  private static Bytes signature(Bytes publicKey, Bytes message) {
    long hash = hash(publicKey, message);
    return Bytes.written(
        SIGNATURE,
        out -> {
          for (int i = 0; i < SIGNATURE / Long.BYTES; i++) {
            out.putLong(hash + i);
          }
        });
  }

  private static long hash(Bytes publicKey, Bytes message) {
    long hash = mix(publicKey.longAt(0) ^ SECRET);
    int at = 0;
    for (; at + Long.BYTES <= message.length(); at += Long.BYTES) {
      hash = mix(hash ^ message.longAt(at));
    }
    for (; at < message.length(); at++) {
      hash = mix(hash ^ message.byteAt(at));
    }
    return hash;
  }

  static long mix(long z) {
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
