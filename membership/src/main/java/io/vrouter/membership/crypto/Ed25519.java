package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Ed25519 (RFC 8032) with raw keys, by Bouncy Castle: the JDK's verification takes several times as
 * long, see docs/adr/0008.
 */
final class Ed25519 {
  /** Octets of a private seed and of a public key. */
  static final int KEY_LENGTH = 32;

  /** Octets of a signature. */
  static final int SIGNATURE_LENGTH = 64;

  private Ed25519() {}

  /** A new private seed. */
  static byte[] seed(SecureRandom random) {
    byte[] seed = new byte[KEY_LENGTH];
    org.bouncycastle.math.ec.rfc8032.Ed25519.generatePrivateKey(random, seed);
    return seed;
  }

  /** The public key of a seed. */
  static byte[] publicKey(byte[] seed) {
    byte[] key = new byte[KEY_LENGTH];
    org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(seed, 0, key, 0);
    return key;
  }

  static byte[] sign(byte[] seed, byte[] message) {
    byte[] signature = new byte[SIGNATURE_LENGTH];
    org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
        seed, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** Whether the signature is valid; never throws, whatever the octets. */
  static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    return publicKey.length == KEY_LENGTH
        && signature.length == SIGNATURE_LENGTH
        && org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
            signature, 0, publicKey, 0, message, 0, message.length);
  }

  static NodeId idOf(Bytes publicKey) {
    return NodeId.of(Arrays.copyOf(Sha256.of(publicKey.toArray()), NodeId.BYTES));
  }
}
