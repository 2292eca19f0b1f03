package io.vrouter.mesh.record;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;

/**
 * An elector's signature under a {@link PoolVote} for the claim that carries it.
 *
 * @param signature of {@link PoolVote#signed()}, Ed25519
 */
public record PoolSeal(NodeId elector, Bytes signature) {
  public PoolSeal {
    PoolVote.checkSignature(signature);
  }
}
