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
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One member by this node's belief. Each field has one part that writes it. */
final class Peer {
  private static final Duration LEAST_DISBELIEF = Duration.ofMillis(200);
  private static final Duration MOST_DISBELIEF = Duration.ofSeconds(60);

  final NodeId id;
  private SignedHead head;
  private Standing standing;
  private Bytes payload;
  private MemberState state;
  private long since;
  private @Nullable Member member;

  /** When a record of this boot first arrived. */
  long started;

  /** When this boot last returned from a lost state. */
  long returned = Timers.NEVER;

  /** {@link PeerIndex}'s: this member's part of its bucket's hash, 0 for none. */
  long hashed;

  /** {@link PeerIndex}'s: whether exchanges name it. */
  boolean named = true;

  /** {@link PeerIndex}'s: the place in the list of live or of lost members; -1 in neither. */
  int slot = -1;

  /** {@link PeerTable}'s: the place among all members. */
  int entry;

  /**
   * Whether a datagram in its name came from its recorded endpoint: an unproven endpoint may be a
   * third party's.
   */
  boolean proven;

  /** {@link Probes}': pings sent while the endpoint was not proven. */
  int tries;

  /**
   * Accusations against the member are ignored while a pause runs; each disproved one begins a
   * pause. Null before the first.
   */
  @Nullable Backoff hearsay;

  /**
   * Accusations by the member confirm nothing while a pause runs. Null before the first disproved
   * one.
   */
  @Nullable Backoff discredit;

  /** {@link ProofBudget}'s: null for a member that never helped another to probe this node. */
  @Nullable TokenBucket proofs;

  /** {@link OtherBoots}': the last record of another boot that was doubtful. */
  OtherBoots.@Nullable PendingRecord question;

  /** {@link Retry}'s: while a pause runs, the member is not retried. Null before the first. */
  @Nullable Backoff retry;

  /** {@link Endpoints}': while a pause runs, the member stays replaced. */
  @Nullable Backoff contest;

  /** {@link Suspicions}': null for a member that was never suspected. */
  Suspicions.@Nullable SuspicionState suspicion;

  /** {@link DataPathChecks}': null for a member with a data path never probed. */
  DataPathChecks.@Nullable CheckState dataPath;

  /** {@link Probes}': when the member was last pinged out of turn. */
  long nudged = Timers.NEVER;

  /** {@link Probes}': whether another ping out of turn is scheduled. */
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
   * A member known from the last run only: restarting, for this node alone, until news about it
   * arrive. Its standing is no claim, so nothing is advertised.
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
    if (!newClaim.head().endpoint().equals(head.endpoint())) {
      proven = false;
      tries = 0;
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

  /** Whether an answer makes it alive: it is given up or only known from the last run. */
  boolean acquittable() {
    boolean unheard = standing == Standing.ALIVE && state == MemberState.RESTARTING;
    return head.intent() == Intent.STAY && (unheard || standing.compareTo(Standing.SUSPECT) > 0);
  }

  /** Whether accusations by other members count against it now. */
  boolean hearsayCounts(long now) {
    return hearsay == null || hearsay.ready(now);
  }

  /** An accusation against it was disproved. */
  void disproved(long now) {
    Backoff pause = hearsay;
    if (pause == null) {
      pause = new Backoff(LEAST_DISBELIEF, MOST_DISBELIEF);
      hearsay = pause;
    }
    pause.take(now);
  }

  /** Whether its accusations of others count. */
  boolean credible(long now) {
    return live() && (discredit == null || discredit.ready(now));
  }

  /** An accusation by it was disproved. */
  void discredited(long now) {
    Backoff pause = discredit;
    if (pause == null) {
      pause = new Backoff(LEAST_DISBELIEF, MOST_DISBELIEF);
      discredit = pause;
    }
    pause.take(now);
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

  SwimMessage.DigestEntry entry() {
    return new SwimMessage.DigestEntry(id, head().incarnation(), head().version(), standing());
  }

  News.Rumor rumor(NodeId by) {
    return new News.Rumor(standing(), id, head().incarnation(), by);
  }
}
