package io.vrouter.membership.crypto;

import io.vrouter.membership.Signer;
import java.util.Random;
import java.util.function.LongSupplier;

/** Books of nodes of one mesh that hold the same first epoch, without having met. */
public final class SharedKeys {
  private SharedKeys() {}

  /** The book of one node; the key follows from the token. */
  public static KeyBook of(MeshToken token, Signer signer, LongSupplier nanoTime) {
    return KeyBook.founded(token, new SeededSigner(1), new Random(token.id()), nanoTime)
        .sibling(signer);
  }
}
