package io.vrouter.membership;

import java.net.InetSocketAddress;

/**
 * What one host says of itself, signed by it and by nobody else.
 *
 * <p>Last writer wins per origin on (incarnation, version), compared unsigned in that order. The
 * signature covers everything here but the payload's bytes, for which its SHA-256 stands in: so a
 * refutation travels without repeating a payload the receiver holds.
 *
 * @param id hash of {@code publicKey}
 * @param publicKey raw Ed25519 key, 32 bytes
 * @param incarnation boot count &lt;&lt; 32 | refutations of this boot
 * @param version counts the payloads (and intents) published in this incarnation's boot
 * @param bootNonce random per boot: tells a clone of the state dir from a restart
 * @param endpoint where this host's gossip socket is reached; always resolved
 * @param intent what the host means to do
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

  /** What a host announces of itself. */
  public enum Intent {
    /** Here to stay. */
    STAY,
    /** The daemon goes and comes back; the kernel's data path stays meanwhile. */
    RESTART,
    /** Gone for good: drop everything of it at once. */
    LEAVE
  }

  @Override
  public String toString() {
    return "MemberRecord[%s inc=%x ver=%d %s %s %d bytes]"
        .formatted(id.abbreviated(), incarnation, version, endpoint, intent, payload.length());
  }
}
