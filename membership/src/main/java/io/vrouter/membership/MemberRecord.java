package io.vrouter.membership;

import java.net.InetSocketAddress;

/**
 * One host's own description, signed with its key.
 *
 * <p>Last writer wins per origin on (incarnation, version), compared unsigned in that order. The
 * signature covers every field; of the payload, its SHA-256. So a refutation travels without the
 * payload when the receiver holds it.
 *
 * @param id hash of {@code publicKey}
 * @param publicKey raw Ed25519 key, 32 bytes
 * @param incarnation boot count &lt;&lt; 32 | refutations of this boot
 * @param version counts the payloads (and intents) published in this incarnation's boot
 * @param bootNonce random per boot: distinguishes a clone of the state directory from a restart
 * @param endpoint where this host's gossip socket is reached; always resolved
 * @param intent whether the host stays, restarts or leaves
 * @param payload opaque to membership, at most {@link #MAX_PAYLOAD} bytes
 * @param signature Ed25519, 64 bytes
 */
public record MemberRecord(
    NodeId id,
    Bytes publicKey,
    long incarnation,
    long version,
    long bootNonce,
    InetSocketAddress endpoint,
    Intent intent,
    Bytes payload,
    Bytes signature) {

  /** Bytes a payload may have. Larger than a datagram: it then travels in several. */
  public static final int MAX_PAYLOAD = 16 * 1024;

  /** A host's announced plan. */
  public enum Intent {
    /** The host stays. */
    STAY,
    /** The daemon restarts; the kernel's data path stays meanwhile. */
    RESTART,
    /** The host leaves: its routes and entries are removed at once. */
    LEAVE
  }

  @Override
  public String toString() {
    return "MemberRecord[%s inc=%x ver=%d %s %s %d bytes]"
        .formatted(id.abbreviated(), incarnation, version, endpoint, intent, payload.length());
  }
}
