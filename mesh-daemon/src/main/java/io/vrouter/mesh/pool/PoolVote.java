package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;

/**
 * A host's word, in its record, that it knows of another's provisional claim and of none that it
 * prefers. One host votes once for a range, and for another candidate only after the first gave the
 * claim up.
 *
 * @param lamport of the claim: a range given up and claimed again needs new votes
 */
public record PoolVote(Prefix range, NodeId candidate, long lamport) {}
