package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.NodeKeys;
import io.vrouter.mesh.pool.PoolSituation;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Signs this host's votes, checks those of electors with the keys in their records, and keeps how
 * long each member is known. A member becomes an elector an hour after its first sight; one that
 * was known from the disk at the start is one at once.
 */
final class PoolElectors implements PoolSituation.Signatures {
  /** Time after which a member may be an elector. */
  static final Duration ACQUAINTANCE = Duration.ofHours(1);

  private record Checked(NodeId elector, PoolVote vote, Bytes signature) {}

  private final NodeKeys own;
  private final Map<NodeId, Bytes> keys = new HashMap<>();
  private final Map<NodeId, Long> newcomers = new HashMap<>();
  private Map<Checked, Boolean> checked = new HashMap<>();
  private Map<Checked, Boolean> before = new HashMap<>();
  private Map<PoolVote, PoolVote> signed = new HashMap<>();
  private boolean begun;

  PoolElectors(NodeKeys own) {
    this.own = own;
  }

  /** Takes the members of a snapshot; results of checks that the last two passes didn't use go. */
  void follow(RecordReader.DecodedSnapshot read, NodeId self, boolean settled, long now) {
    before = checked;
    checked = new HashMap<>();
    boolean known = !begun && !settled && read.members().stream().anyMatch(it -> isOther(it, self));
    Set<NodeId> members = new HashSet<>();
    members.add(self);
    for (MeshSnapshot.MemberView view : read.members()) {
      members.add(view.member().id());
    }
    for (NodeId id : members) {
      if (!keys.containsKey(id) && !known) {
        newcomers.put(id, now);
      }
    }
    keys.keySet().retainAll(members);
    newcomers.keySet().retainAll(members);
    keys.putIfAbsent(self, own.signer().publicKey());
    for (MeshSnapshot.MemberView view : read.members()) {
      keys.put(view.member().id(), view.member().record().publicKey());
    }
    newcomers.values().removeIf(since -> now - since >= ACQUAINTANCE.toNanos());
    begun = true;
  }

  private static boolean isOther(MeshSnapshot.MemberView view, NodeId self) {
    return !view.member().id().equals(self);
  }

  /** The members known for too short a time to be electors. */
  Set<NodeId> newcomers(long now) {
    Set<NodeId> fresh = new HashSet<>();
    newcomers.forEach(
        (id, since) -> {
          if (now - since < ACQUAINTANCE.toNanos()) {
            fresh.add(id);
          }
        });
    return fresh;
  }

  @Override
  public boolean valid(NodeId elector, PoolVote vote, Bytes signature) {
    Checked check = new Checked(elector, vote.with(Bytes.EMPTY), signature);
    Boolean known = checked.get(check);
    if (known == null) {
      Bytes key = keys.get(elector);
      Boolean earlier = before.get(check);
      known =
          earlier != null
              ? earlier
              : key != null
                  && signature.length() > 0
                  && own.verifier().verify(key, vote.signed(), signature);
      checked.put(check, known);
    }
    return known;
  }

  /** A share with this host's signatures under its votes; each is signed once. */
  PoolShare signed(PoolShare share) {
    if (share.votes().isEmpty()) {
      return share;
    }
    Map<PoolVote, PoolVote> kept = new HashMap<>();
    for (PoolVote vote : share.votes()) {
      PoolVote former = signed.get(vote);
      kept.put(vote, former != null ? former : vote.with(own.signer().sign(vote.signed())));
    }
    signed = kept;
    List<PoolVote> votes = share.votes().stream().map(kept::get).toList();
    return new PoolShare(share.ranges(), votes, share.lamport());
  }
}
