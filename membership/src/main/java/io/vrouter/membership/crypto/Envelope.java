package io.vrouter.membership.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM around one datagram. On the wire, big-endian: version (1 octet), id of the epoch's
 * key (4), the sender's salt (16), counter (8), all four authenticated, then ciphertext and tag
 * (16). The nonce is the counter: a key belongs to one salt, hence to one boot of one sender, and
 * no counter is used twice in a boot.
 *
 * <p>Not safe for use by several threads.
 */
final class Envelope {
  /** Octets before the ciphertext. */
  static final int HEADER = 1 + 4 + Salt.LENGTH + 8;

  /** Octets of the tag. */
  static final int TAG = 16;

  /** The one version there is. */
  static final byte VERSION = 1;

  /** Keeps the last key: the next datagram under the same one needs no new key schedule. */
  private final Cipher cipher;

  Envelope() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM", e);
    }
  }

  /** A datagram's header: readable, and authenticated only by opening. */
  record Header(int keyId, Salt salt, long counter) {
    /** The header, or null when this can't be a sealed datagram. The buffer's position stays. */
    static @Nullable Header read(ByteBuffer datagram) {
      if (datagram.remaining() < HEADER + TAG || datagram.get(datagram.position()) != VERSION) {
        return null;
      }
      ByteBuffer in = datagram.duplicate().position(datagram.position() + 1);
      return new Header(in.getInt(), Salt.read(in), in.getLong());
    }
  }

  byte[] seal(SecretKey session, Header header, ByteBuffer plaintext) {
    ByteBuffer out = ByteBuffer.allocate(HEADER + plaintext.remaining() + TAG);
    out.put(VERSION).putInt(header.keyId);
    header.salt.write(out);
    out.putLong(header.counter);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, session, nonce(header.counter));
      cipher.updateAAD(out.array(), 0, HEADER);
      cipher.doFinal(plaintext, out);
      return out.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing " + header + " failed", e);
    }
  }

  /** The plaintext, or null when authentication fails. */
  @Nullable ByteBuffer open(SecretKey session, Header header, ByteBuffer datagram) {
    ByteBuffer body = datagram.duplicate();
    byte[] aad = new byte[HEADER];
    body.get(aad);
    ByteBuffer out = ByteBuffer.allocate(body.remaining() - TAG);
    try {
      cipher.init(Cipher.DECRYPT_MODE, session, nonce(header.counter));
      cipher.updateAAD(aad);
      cipher.doFinal(body, out);
      return out.flip();
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening " + header + " failed", e);
    }
  }

  private static AlgorithmParameterSpec nonce(long counter) {
    return new GCMParameterSpec(
        TAG * Byte.SIZE, ByteBuffer.allocate(12).putInt(0).putLong(counter).array());
  }
}
