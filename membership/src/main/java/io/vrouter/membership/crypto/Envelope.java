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
 * AES-256-GCM around one datagram, version 4. On the wire, big-endian: form (1 octet), id of the
 * epoch's key (4), the sender's salt (16), counter (8), all four authenticated, then ciphertext and
 * tag (16), then the check (8): SipHash-2-4 under a key of the epoch over all that precedes. The
 * check costs a hundredth of a decryption and rejects datagrams of other meshes.
 *
 * <p>The nonce is the counter: a key belongs to one salt, hence to one boot of one sender, and no
 * counter is used twice in a boot.
 *
 * <p>Not safe for use by several threads.
 */
final class Envelope {
  /** Octets before the ciphertext. */
  static final int HEADER = 1 + 4 + Salt.LENGTH + 8;

  /** Octets of the tag. */
  static final int TAG = 16;

  /** Octets of the check. */
  static final int CHECK = 8;

  /**
   * Initialised with the last key: the next datagram under the same one needs no new key schedule.
   */
  private final Cipher cipher;

  Envelope() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM", e);
    }
  }

  /** The kind of key that seals a datagram: its first octet, which is also the version. */
  enum Form {
    /** The key of the sender's boot, which every holder of the epoch's key can derive. */
    MESH(6),
    /** The key of one direction between two boots. */
    PAIR(7);

    private final byte code;

    Form(int code) {
      this.code = (byte) code;
    }

    private static @Nullable Form of(byte code) {
      return code == MESH.code ? MESH : code == PAIR.code ? PAIR : null;
    }
  }

  /** A datagram's header: readable, but authenticated only by opening. */
  record Header(Form form, int keyId, Salt salt, long counter) {
    /** The header, or null when this can't be a sealed datagram. The buffer's position stays. */
    static @Nullable Header read(ByteBuffer datagram) {
      if (datagram.remaining() < HEADER + TAG + CHECK) {
        return null;
      }
      ByteBuffer in = datagram.duplicate();
      Form form = Form.of(in.get());
      return form == null ? null : new Header(form, in.getInt(), Salt.read(in), in.getLong());
    }
  }

  byte[] seal(SecretKey key, SipHash check, Header header, ByteBuffer plaintext) {
    ByteBuffer out = ByteBuffer.allocate(HEADER + plaintext.remaining() + TAG + CHECK);
    out.put(header.form.code).putInt(header.keyId);
    header.salt.write(out);
    out.putLong(header.counter);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, nonce(header.counter));
      cipher.updateAAD(out.array(), 0, HEADER);
      cipher.doFinal(plaintext, out);
      return out.putLong(check.of(out.duplicate().flip())).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing " + header + " failed", e);
    }
  }

  /** The check that a datagram carries. The buffer's position stays. */
  static long check(ByteBuffer datagram) {
    return datagram.getLong(datagram.limit() - CHECK);
  }

  /** Whether a holder of the check's key made this datagram. The buffer's position stays. */
  static boolean passes(SipHash check, ByteBuffer datagram) {
    return check.of(datagram.duplicate().limit(datagram.limit() - CHECK)) == check(datagram);
  }

  /** The plaintext, or null when authentication fails. */
  @Nullable ByteBuffer open(SecretKey key, Header header, ByteBuffer datagram) {
    ByteBuffer body = datagram.duplicate().limit(datagram.limit() - CHECK);
    byte[] aad = new byte[HEADER];
    body.get(aad);
    ByteBuffer out = ByteBuffer.allocate(body.remaining() - TAG);
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, nonce(header.counter));
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
