package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.nio.ByteBuffer;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one epoch of the mesh, or of a token, and its id on the wire. All keys of a datagram
 * are derived from it: the check's, a boot's (with the boot's salt, so every node can derive it),
 * and a pair's (with an X25519 agreement, so only the two ends can derive it).
 */
final class EpochKey {
  private static final byte[] SESSION = "vrouter mesh session".getBytes(US_ASCII);
  private static final byte[] PAIR = "vrouter mesh pair".getBytes(US_ASCII);

  private final int id;
  private final byte[] secret;
  private final SipHash check;

  EpochKey(byte[] secret) {
    this.secret = secret.clone();
    this.id = ByteBuffer.wrap(Hkdf.derive(secret, "vrouter mesh key id 3", 4)).getInt();
    this.check = new SipHash(Hkdf.derive(secret, "vrouter mesh check", SipHash.KEY_LENGTH));
  }

  /** Derived from the key: different keys have different ids, and no host has to assign them. */
  int id() {
    return id;
  }

  /** The MAC of every datagram of this epoch: cheap, and verified before anything else. */
  SipHash check() {
    return check;
  }

  /** The secret: for a statement sealed to a peer, and for the key file. */
  Bytes secret() {
    return Bytes.of(secret);
  }

  /** The AES-256 key of the session that a sender opened with this salt. */
  SecretKeySpec session(byte[] salt) {
    return new SecretKeySpec(Hkdf.derive(secret, salt, SESSION, 32), "AES");
  }

  /**
   * The AES-256 key of one direction between two boots.
   *
   * @param agreed the X25519 agreement of the two
   * @param sender the id of the node that seals with it
   */
  SecretKeySpec pair(byte[] agreed, Salt from, Salt to, NodeId sender) {
    ByteBuffer both = ByteBuffer.allocate(secret.length + agreed.length).put(secret).put(agreed);
    ByteBuffer salts = ByteBuffer.allocate(2 * Salt.LENGTH);
    from.write(salts);
    to.write(salts);
    ByteBuffer info = ByteBuffer.allocate(PAIR.length + NodeId.BYTES).put(PAIR);
    info.put(sender.toBytes());
    return new SecretKeySpec(Hkdf.derive(both.array(), salts.array(), info.array(), 32), "AES");
  }

  @Override
  public String toString() {
    return "EpochKey[%08x]".formatted(id);
  }
}
