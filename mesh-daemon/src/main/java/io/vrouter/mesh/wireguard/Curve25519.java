package io.vrouter.mesh.wireguard;

import io.vrouter.netlink.wire.Payload;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/** Key pairs of Curve25519 (RFC 7748), by the JDK. */
final class Curve25519 {
  private static final int OCTETS = 32;
  private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

  private Curve25519() {}

  /** A new private key, clamped as wg(8) does. */
  static Payload privateKey(SecureRandom random) {
    byte[] key = new byte[OCTETS];
    random.nextBytes(key);
    key[0] = (byte) (key[0] & 248);
    key[31] = (byte) ((key[31] & 127) | 64);
    return Payload.of(key);
  }

  /** The public key of a private one: its product with the base point. */
  static Payload publicKey(Payload privateKey) {
    try {
      KeyFactory keys = KeyFactory.getInstance("X25519");
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(
          keys.generatePrivate(
              new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey.toArray())));
      agreement.doPhase(
          keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT)), true);
      return Payload.of(agreement.generateSecret());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no X25519", e);
    }
  }
}
