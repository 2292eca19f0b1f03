package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import java.nio.charset.StandardCharsets;

/**
 * A pinged member's proof for the node that asked a helper to ping it: an Ed25519 signature over
 * {@link #DOMAIN}, the asking node's id and the number of its probe. The number is random and used
 * once, so a proof is fresh, and a helper can neither make one nor use one again.
 */
public final class AckProof {
  /** Keeps this signature from being taken for one over anything else. */
  private static final Bytes DOMAIN =
      Bytes.of("vrouter-mesh ack 1".getBytes(StandardCharsets.US_ASCII));

  private AckProof() {}

  /** This node's proof; costs a signature. */
  public static Bytes sign(Signer signer, NodeId asker, long question) {
    return signer.sign(covered(asker, question));
  }

  /** Whether the owner of an authentic head made the proof; costs a verification. */
  public static boolean proves(
      Bytes proof, SignedHead responder, Verifier verifier, NodeId asker, long question) {
    return responder.signed(covered(asker, question), proof, verifier);
  }

  private static Bytes covered(NodeId asker, long question) {
    return Bytes.written(
        DOMAIN.length() + NodeId.BYTES + Long.BYTES,
        out -> {
          DOMAIN.putInto(out);
          new Writer(out).id(asker).s64(question);
        });
  }
}
