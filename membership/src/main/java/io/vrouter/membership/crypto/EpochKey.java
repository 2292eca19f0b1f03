package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import javax.crypto.spec.SecretKeySpec;

/** The key of one epoch of the mesh, and the id that names it on the wire. */
final class EpochKey {
  private static final byte[] SESSION = "vrouter mesh session".getBytes(US_ASCII);

  private final int id;
  private final byte[] secret;

  EpochKey(byte[] secret) {
    this.secret = secret.clone();
    this.id = ByteBuffer.wrap(Hkdf.derive(secret, "vrouter mesh key id", 4)).getInt();
  }

  /** Derived from the key: different keys have different ids, and no host has to assign them. */
  int id() {
    return id;
  }

  /** The AES-256 key of the session that a sender opened with this salt. */
  SecretKeySpec session(byte[] salt) {
    return new SecretKeySpec(Hkdf.derive(secret, salt, SESSION, 32), "AES");
  }

  @Override
  public String toString() {
    return "EpochKey[%08x]".formatted(id);
  }
}
