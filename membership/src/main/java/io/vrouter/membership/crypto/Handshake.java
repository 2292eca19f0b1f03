package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of challenge and answer, and their proofs.
 *
 * <pre>
 *   CHALLENGE  echo (8), cookie (8), X25519 share (32)
 *   ANSWER     cookie (8), own cookie or 0 (8), X25519 share (32), public key (32), signature (64)
 * </pre>
 *
 * <p>The signature covers {@link #DOMAIN}, both salts, the cookie, both shares and the receiver's
 * address, the signer's first. The signer's own address is in the cookie, which the receiver made
 * over the address it sees: behind address translation the signer may not know that address.
 * Immutable; any thread.
 */
final class Handshake {
  /** Octets of a challenge's body: never more than the message that caused it. */
  static final int CHALLENGE = 2 * Long.BYTES + X25519.POINT_SIZE;

  /** Octets of an answer's body. */
  static final int ANSWER =
      2 * Long.BYTES + X25519.POINT_SIZE + Ed25519.KEY_LENGTH + Ed25519.SIGNATURE_LENGTH;

  private static final byte[] DOMAIN = "vrouter-mesh session 3".getBytes(US_ASCII);

  private final Signer signer;
  private final Salt salt;
  private final byte[] secret = new byte[X25519.SCALAR_SIZE];
  private final byte[] share = new byte[X25519.POINT_SIZE];

  /**
   * Makes the X25519 key of this boot.
   *
   * @param signer signs with the node's identity
   * @param salt this boot's
   */
  Handshake(Signer signer, Salt salt, RandomGenerator random) {
    this.signer = signer;
    this.salt = salt;
    random.nextBytes(secret);
    X25519.scalarMultBase(secret, 0, share, 0);
  }

  /** This node's id. */
  NodeId self() {
    return signer.id();
  }

  /** A challenge. */
  record Challenge(long echo, long cookie, Bytes share) {
    /** The challenge in a body, or null. */
    static @Nullable Challenge read(ByteBuffer body) {
      if (body.remaining() != CHALLENGE) {
        return null;
      }
      return new Challenge(body.getLong(), body.getLong(), octets(body, X25519.POINT_SIZE));
    }
  }

  /** An answer. */
  record ChallengeResponse(long cookie, long own, Bytes share, Bytes publicKey, Bytes signature) {
    /** The answer in a body, or null. */
    static @Nullable ChallengeResponse read(ByteBuffer body) {
      if (body.remaining() != ANSWER) {
        return null;
      }
      return new ChallengeResponse(
          body.getLong(),
          body.getLong(),
          octets(body, X25519.POINT_SIZE),
          octets(body, Ed25519.KEY_LENGTH),
          octets(body, Ed25519.SIGNATURE_LENGTH));
    }

    NodeId node() {
      return Ed25519.idOf(publicKey);
    }
  }

  private static Bytes octets(ByteBuffer in, int length) {
    byte[] octets = new byte[length];
    in.get(octets);
    return Bytes.of(octets);
  }

  /** The body of a challenge. */
  ByteBuffer challenge(long echo, long cookie) {
    return ByteBuffer.allocate(CHALLENGE).putLong(echo).putLong(cookie).put(share).flip();
  }

  /**
   * The body of an answer: costs a signature.
   *
   * @param cookie the receiver's
   * @param own a cookie for the receiver, or 0
   * @param peer the receiver's salt
   * @param peerShare the receiver's
   * @param to the receiver's address, as used by this node
   */
  ByteBuffer answer(long cookie, long own, Salt peer, Bytes peerShare, InetSocketAddress to) {
    byte[] transcript = transcript(salt, peer, cookie, Bytes.of(share), peerShare, to);
    Bytes signature = signer.sign(Bytes.of(transcript));
    ByteBuffer body = ByteBuffer.allocate(ANSWER).putLong(cookie).putLong(own).put(share);
    return body.put(signer.publicKey().toArray()).put(signature.toArray()).flip();
  }

  /**
   * Whether the owner of an answer's public key made it for this boot: costs a verification.
   *
   * @param to this node's address that the answer was sent to
   */
  boolean proves(ChallengeResponse answer, Salt peer, InetSocketAddress to) {
    byte[] transcript = transcript(peer, salt, answer.cookie, answer.share, Bytes.of(share), to);
    return Ed25519.verify(answer.publicKey.toArray(), transcript, answer.signature.toArray());
  }

  /** The X25519 agreement with a share, or null when the share is of low order. */
  byte @Nullable [] agree(Bytes peerShare) {
    byte[] agreed = new byte[X25519.POINT_SIZE];
    boolean strong = X25519.calculateAgreement(secret, 0, peerShare.toArray(), 0, agreed, 0);
    return strong ? agreed : null;
  }

  private static byte[] transcript(
      Salt from, Salt to, long cookie, Bytes fromShare, Bytes toShare, InetSocketAddress address) {
    byte[] ip = address.getAddress().getAddress();
    ByteBuffer out =
        ByteBuffer.allocate(
            DOMAIN.length + 2 * Salt.LENGTH + 8 + 2 * X25519.POINT_SIZE + ip.length + 2);
    out.put(DOMAIN);
    from.write(out);
    to.write(out);
    out.putLong(cookie);
    fromShare.putInto(out);
    toShare.putInto(out);
    return out.put(ip).putShort((short) address.getPort()).array();
  }
}
