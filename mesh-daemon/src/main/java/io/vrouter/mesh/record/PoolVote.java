package io.vrouter.mesh.record;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;

/**
 * An elector's statement that it knows of another host's provisional claim and of none that it
 * prefers. An elector votes once per range, and for another candidate only after the first gave the
 * claim up.
 *
 * @param lamport of the claim: a range given up and claimed again needs new votes
 */
public record PoolVote(Prefix range, NodeId candidate, long lamport) {
  public PoolVote {
    PoolRange.check(range);
    Lamport.check(lamport);
  }
}
