package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import org.jspecify.annotations.Nullable;

/** One member as this node knows it. Mutable; only {@link PeerStates} changes what is claimed. */
final class Peer {
  final NodeId id;
  private SignedHead head;
  private Standing standing;
  private Bytes payload;
  private MemberState state;
  private long since;
  private @Nullable Member member;

  /** When this boot of it was first heard of. */
  long started;

  /** The running suspicion, while suspect. */
  @Nullable Accusation accusation;

  /** This member's part of its bucket's hash. */
  long hashed;

  /** Where it stands in the roster's list of live or of lost members; -1 in neither. */
  int slot = -1;

  /** Where it stands among all members. */
  int entry;

  /** The number of the data path probe that is under way, else 0. */
  long dataPathProbe;

  /** When that probe was asked for. */
  long dataPathAsked;

  /** When the data path last answered here. */
  long dataPathAnswered = Long.MIN_VALUE / 2;

  /** When its kernel last answered or was found silent, or could not be asked. */
  long dataPathTold = Long.MIN_VALUE / 2;

  /** Until when its kernel may be silent because it was asked too often. */
  long dataPathLimited = Long.MIN_VALUE / 2;

  /** Silences in a row while restarting. */
  int silences;

  /** Who gave it up while it restarts here, until its kernel has been heard of. */
  @Nullable NodeId doubtedBy;

  /** The incarnation that answered as a suspect for as long as is allowed, and did not refute. */
  long obstinate = -1;

  /** When it was last pinged out of turn because it is thought gone, or to hear who it is. */
  long nudged = Long.MIN_VALUE / 2;

  /** Whether it spoke since, and is to be pinged again. */
  boolean nudgeWaits;

  /** When this boot of it, thought gone before, was last seen to live. */
  long returned = Long.MIN_VALUE / 2;

  /** When, as a suspect that answered, it was last shown what is held of it. */
  long confronted = Long.MIN_VALUE / 2;

  /** When somebody who uses its id from another address was last told its record. */
  long redirected = Long.MIN_VALUE / 2;

  Peer(NodeId id, Belief claim, Bytes payload, long now) {
    this.id = id;
    this.head = claim.head();
    this.standing = claim.standing();
    this.payload = payload;
    this.state = claim.state();
    this.since = now;
    this.started = now;
  }

  void set(Belief newClaim, Bytes newPayload, long now) {
    if (newClaim.head().bootNonce() != head.bootNonce()) {
      started = now;
    }
    head = newClaim.head();
    standing = newClaim.standing();
    payload = newPayload;
    MemberState next = newClaim.state();
    if (next != state) {
      boolean wasLost = lost();
      state = next;
      since = now;
      doubtedBy = null;
      if (wasLost && live() && started != now) {
        returned = now;
      }
    }
    member = null;
  }

  Belief claim() {
    return new Belief(head, standing);
  }

  SignedHead head() {
    return head;
  }

  Standing standing() {
    return standing;
  }

  Bytes payload() {
    return payload;
  }

  MemberState state() {
    return state;
  }

  long since() {
    return since;
  }

  /** Whether it is to be probed and gossiped to. */
  boolean live() {
    return state == MemberState.ALIVE || state == MemberState.SUSPECT;
  }

  /** Whether it is to be retried. */
  boolean lost() {
    return state == MemberState.FAILED || state == MemberState.RESTARTING;
  }

  /** Whether it is thought gone by evidence that an answer of its own outweighs. */
  boolean acquittable() {
    return lost() && head.intent() == Intent.STAY && head.incarnation() != obstinate;
  }

  boolean hidden() {
    return standing() == Standing.FORGOTTEN;
  }

  MemberRecord record() {
    return head().record(payload);
  }

  /** For the view; {@code origin} turns engine time into the owner's. */
  Member member(long origin) {
    Member cached = member;
    if (cached == null) {
      cached = new Member(id, state, record(), since + origin);
      member = cached;
    }
    return cached;
  }

  SwimMessage.Entry entry() {
    return new SwimMessage.Entry(id, head().incarnation(), head().version(), standing());
  }

  News.Rumor rumor(NodeId by) {
    return new News.Rumor(standing(), id, head().incarnation(), by);
  }
}
