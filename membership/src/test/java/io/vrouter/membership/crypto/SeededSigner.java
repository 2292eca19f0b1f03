package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import java.util.Random;

/** A real Ed25519 identity without files. */
public final class SeededSigner implements Signer {
  private final byte[] seed = new byte[Ed25519.KEY_LENGTH];
  private final Bytes publicKey;

  public SeededSigner(long number) {
    new Random(number).nextBytes(seed);
    publicKey = Bytes.of(Ed25519.publicKey(seed));
  }

  @Override
  public Bytes publicKey() {
    return publicKey;
  }

  @Override
  public NodeId id() {
    return Ed25519.idOf(publicKey);
  }

  @Override
  public Bytes sign(Bytes message) {
    return Bytes.of(Ed25519.sign(seed, message.toArray()));
  }

  /** One that names this identity's key, and has another. */
  public Signer impostor() {
    SeededSigner own = new SeededSigner(-1);
    return new Signer() {
      @Override
      public Bytes publicKey() {
        return publicKey;
      }

      @Override
      public NodeId id() {
        return Ed25519.idOf(publicKey);
      }

      @Override
      public Bytes sign(Bytes message) {
        return own.sign(message);
      }
    };
  }
}
