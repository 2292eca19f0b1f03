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

/** One member as this node believes it to be. Each field has one part that writes it. */
final class Peer {
  final NodeId id;
  private SignedHead head;
  private Standing standing;
  private Bytes payload;
  private MemberState state;
  private long since;
  private @Nullable Member member;

  /** When a record of this boot first arrived. */
  long started;

  /** When this boot, given up before, was last seen alive. */
  long returned = Timers.NEVER;

  /** {@link PeerIndex}'s: this member's part of its bucket's hash. */
  long hashed;

  /** {@link PeerIndex}'s: the place in the list of live or of lost members; -1 in neither. */
  int slot = -1;

  /** {@link PeerTable}'s: the place among all members. */
  int entry;

  /** {@link Suspicions}': null for a member that was never suspected. */
  Suspicions.@Nullable State suspicion;

  /** {@link DataPathChecks}': null for a member whose data path was never asked. */
  DataPathChecks.@Nullable State dataPath;

  /** {@link Probes}': when it was last pinged out of turn, to be asked whether it is there. */
  long nudged = Timers.NEVER;

  /** {@link Probes}': whether it is to be pinged out of turn again. */
  boolean nudgeWaits;

  /** When the holder of its id at another address was last sent this member's record. */
  long redirected = Timers.NEVER;

  Peer(NodeId id, Belief claim, Bytes payload, long now) {
    this.id = id;
    this.head = claim.head();
    this.standing = claim.standing();
    this.payload = payload;
    this.state = claim.state();
    this.since = now;
    this.started = now;
  }

  /**
   * A member known from the last run only: restarting, for this node alone, until it is heard of.
   * Nothing is claimed of it, so others are told nothing.
   */
  static Peer adopted(SignedHead head, Bytes payload, long now) {
    Peer peer = new Peer(head.id(), new Belief(head, Standing.ALIVE), payload, now);
    peer.state = MemberState.RESTARTING;
    return peer;
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

  /** Whether it is probed and gossiped to. */
  boolean live() {
    return state == MemberState.ALIVE || state == MemberState.SUSPECT;
  }

  /** Whether it is retried. */
  boolean lost() {
    return state == MemberState.FAILED || state == MemberState.RESTARTING;
  }

  /** Whether it is lost, and an answer to a ping makes it alive again. */
  boolean acquittable() {
    return lost()
        && head.intent() == Intent.STAY
        && (suspicion == null || suspicion.obstinate != head.incarnation());
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
    if (cached == null || cached.since() != since + origin) {
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
