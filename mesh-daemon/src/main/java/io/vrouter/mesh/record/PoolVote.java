package io.vrouter.mesh.record;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An elector's statement that it knows of another host's provisional claim and of none that it
 * prefers. An elector votes once per range, and for another candidate only after the first gave the
 * claim up.
 *
 * @param lamport of the claim: a range given up and claimed again needs new votes
 * @param signature of {@link #signed}, Ed25519; empty while unsigned, and from hosts whose meshd
 *     doesn't sign votes: it then counts for nothing
 */
public record PoolVote(Prefix range, NodeId candidate, long lamport, Bytes signature) {
  /** Octets of a signature. */
  static final int SIGNATURE = 64;

  private static final byte[] PURPOSE = "vrouter pool vote 1\n".getBytes(StandardCharsets.US_ASCII);

  /** An unsigned vote. */
  public PoolVote(Prefix range, NodeId candidate, long lamport) {
    this(range, candidate, lamport, Bytes.EMPTY);
  }

  public PoolVote {
    PoolRange.check(range);
    Lamport.check(lamport);
    if (signature.length() > 0) {
      checkSignature(signature);
    }
  }

  /** The vote that a claim needs. */
  public static PoolVote of(NodeId candidate, PoolRange range) {
    return new PoolVote(range.prefix(), candidate, range.lamport());
  }

  /** Whether both are for the same claim, whatever the signatures. */
  public boolean sameClaim(PoolVote other) {
    return range.equals(other.range)
        && candidate.equals(other.candidate)
        && lamport == other.lamport;
  }

  /** A copy with a signature. */
  public PoolVote with(Bytes signed) {
    return new PoolVote(range, candidate, lamport, signed);
  }

  /** The octets that the elector signs: a purpose, the range, the candidate, the number. */
  public Bytes signed() {
    byte[] prefix = HostRecords.octets(range);
    return Bytes.of(
        ByteBuffer.allocate(PURPOSE.length + prefix.length + NodeId.BYTES + Long.BYTES)
            .put(PURPOSE)
            .put(prefix)
            .put(candidate.toBytes())
            .putLong(lamport)
            .array());
  }

  static void checkSignature(Bytes signature) {
    if (signature.length() != SIGNATURE) {
      throw new IllegalArgumentException(
          "a signature has %d bytes, this has %d".formatted(SIGNATURE, signature.length()));
    }
  }
}
