package io.vrouter.membership.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with HMAC-SHA-256 (RFC 5869). JDK 17 has no key derivation API. */
final class Hkdf {
  /** Octets of an HMAC-SHA-256 value. */
  static final int HASH_LENGTH = 32;

  private static final String ALGORITHM = "HmacSHA256";

  private Hkdf() {}

  /** Extract, then expand. */
  static byte[] derive(byte[] secret, byte[] salt, byte[] info, int length) {
    return expand(extract(salt, secret), info, length);
  }

  /** Extract without a salt, then expand with a label. */
  static byte[] derive(byte[] secret, String label, int length) {
    return derive(secret, new byte[0], label.getBytes(StandardCharsets.UTF_8), length);
  }

  /** RFC 5869 section 2.2. An empty salt stands for {@link #HASH_LENGTH} zeros. */
  static byte[] extract(byte[] salt, byte[] secret) {
    return hmac(salt.length == 0 ? new byte[HASH_LENGTH] : salt).doFinal(secret);
  }

  /**
   * RFC 5869 section 2.3.
   *
   * @throws IllegalArgumentException when the length is more than 255 hashes
   */
  static byte[] expand(byte[] pseudoRandomKey, byte[] info, int length) {
    if (length < 0 || length > 255 * HASH_LENGTH) {
      throw new IllegalArgumentException("HKDF gives 0 to 8160 octets, not " + length);
    }
    Mac mac = hmac(pseudoRandomKey);
    byte[] output = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, n = 1; done < length; n++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) n);
      block = mac.doFinal();
      int take = Math.min(block.length, length - done);
      System.arraycopy(block, 0, output, done, take);
      done += take;
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  /** A MAC keyed and ready. */
  static Mac hmac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
