package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An operator's signing key (Ed25519). It signs the mesh's policy and belongs on no host; hosts get
 * the public key, as 43 characters of unpadded base64url.
 */
public final class PolicyKey {
  private static final String HEAD = "vrouter-operator-key 1 ";

  private final byte[] seed;
  private final Bytes publicKey;

  private PolicyKey(byte[] seed) {
    this.seed = seed;
    this.publicKey = Bytes.of(Ed25519.publicKey(seed));
  }

  /** A new key. */
  public static PolicyKey create(SecureRandom random) {
    return new PolicyKey(Ed25519.seed(random));
  }

  /**
   * Reads a key from the text of its file. The text appears in no message.
   *
   * @throws IllegalArgumentException when it isn't one
   */
  public static PolicyKey parse(String text) {
    if (isSecret(text)) {
      try {
        byte[] seed = HexFormat.of().parseHex(text.substring(HEAD.length()).strip());
        if (seed.length == Ed25519.KEY_LENGTH) {
          return new PolicyKey(seed);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("the operator key is damaged", e);
      }
    }
    throw new IllegalArgumentException("not an operator key");
  }

  /** Whether a text is a private key: it belongs in no host's configuration. */
  public static boolean isSecret(String text) {
    return text.startsWith(HEAD);
  }

  /**
   * Reads a public key.
   *
   * @throws IllegalArgumentException when it isn't one
   */
  public static Bytes publicKey(String text) {
    byte[] key;
    try {
      key = Base64.getUrlDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      key = new byte[0];
    }
    if (key.length != Ed25519.KEY_LENGTH) {
      throw new IllegalArgumentException(
          "not an operator's public key: 43 characters of base64url, as 'meshctl policy key create'"
              + " prints it");
    }
    return Bytes.of(key);
  }

  /** The text of a public key. */
  public static String text(Bytes publicKey) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(publicKey.toArray());
  }

  /** The public key, 32 octets. */
  public Bytes publicKey() {
    return publicKey;
  }

  /** The text of the public key. */
  public String publicText() {
    return text(publicKey);
  }

  /** The signature of a message, 64 octets. */
  public Bytes sign(Bytes message) {
    return Bytes.of(Ed25519.sign(seed, message.toArray()));
  }

  /** The content of the key's file, secret. */
  public byte[] secret() {
    return (HEAD + HexFormat.of().formatHex(seed) + "\n").getBytes(US_ASCII);
  }

  /** The public key only. */
  @Override
  public String toString() {
    return "PolicyKey[" + text(publicKey) + "]";
  }
}
