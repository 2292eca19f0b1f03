package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Processes piggybacked news. A record counts when its owner signed it; a rumour counts only for an
 * incarnation seen signed.
 */
final class IncomingNews {
  /** Time after a healed partition in which each side still repeats its former beliefs. */
  private static final long RETURN = Duration.ofSeconds(5).toNanos();

  private static final int VERIFY_TRIES = 3;

  private final Context ctx;
  private final OwnRecord own;
  private final Broadcasts broadcasts;
  private final PeerStates states;
  private final Pulls pulls;
  private final Probes probes;
  private final Endpoints endpoints;
  private final OtherBoots otherBoots;
  private final Suspicions suspicions;
  private final DataPathChecks dataPath;

  IncomingNews(
      Context ctx,
      OwnRecord own,
      Broadcasts broadcasts,
      PeerStates states,
      Pulls pulls,
      Probes probes,
      Endpoints endpoints,
      OtherBoots otherBoots,
      Suspicions suspicions,
      DataPathChecks dataPath) {
    this.ctx = ctx;
    this.own = own;
    this.broadcasts = broadcasts;
    this.states = states;
    this.pulls = pulls;
    this.probes = probes;
    this.endpoints = endpoints;
    this.otherBoots = otherBoots;
    this.suspicions = suspicions;
    this.dataPath = dataPath;
  }

  /**
   * Takes a piggybacked record.
   *
   * @param teller the member that sent it
   * @param source the address it came from
   */
  void heard(News.Heard heard, NodeId teller, InetSocketAddress source) {
    SignedHead head = heard.head();
    if (head.id().equals(ctx.self())) {
      own.meet(head);
      return;
    }
    if (ctx.banned.contains(head.id())) {
      pulls.done(head.id());
      return;
    }
    Peer peer = ctx.peers.get(head.id());
    if (peer != null && head.compareTo(peer.head()) <= 0) {
      pulls.satisfied(peer);
      broadcasts.again(peer.id);
      tellClone(peer, head);
      return;
    }
    if (!pulls.verified(head) && !head.authentic(ctx.verifier)) {
      ctx.tally.forged++;
      return;
    }
    Bytes payload = payload(head, heard.payload(), peer);
    if (states.refuses(head, peer)) {
      ctx.tally.overflow++;
      pulls.done(head.id());
      return;
    }
    if (payload == null) {
      pulls.wantPayload(head, source);
      return;
    }
    admit(new News.Heard(head, payload, heard.standing()), teller, source);
  }

  /**
   * Takes an authentic record, newer than the one held, with its payload.
   *
   * @param teller the member that sent it
   * @param source the address it came from
   */
  void admit(News.Heard whole, NodeId teller, InetSocketAddress source) {
    SignedHead head = whole.head();
    if (ctx.banned.contains(head.id())) {
      pulls.done(head.id());
      return;
    }
    boolean spread = pulls.settledOrUnasked(head.id());
    Peer peer = ctx.peers.get(head.id());
    if (peer != null && OtherBoots.doubtful(peer, head)) {
      otherBoots.question(peer, whole, record -> take(record, spread, false));
    } else {
      boolean firstHand = teller.equals(head.id()) && source.equals(head.endpoint());
      take(whole, spread, firstHand);
    }
    pulls.done(head.id());
  }

  private void take(News.Heard whole, boolean spread, boolean firstHand) {
    SignedHead head = whole.head();
    Bytes payload = Objects.requireNonNull(whole.payload());
    Peer peer = ctx.peers.get(head.id());
    if (peer == null) {
      join(whole, payload, spread, firstHand);
    } else if (head.compareTo(peer.head()) > 0) {
      SignedHead old = peer.head();
      boolean newPayload = !old.payloadHash().equals(head.payloadHash());
      if (states.renew(peer, head, payload, cause(old, head)) && spread) {
        broadcasts.tell(peer, newPayload);
      }
    }
  }

  /**
   * The standing that comes with a record is hearsay. A member claimed failed joins as failed until
   * it answers a ping that is sent at once. A member claimed replaced or forgotten does not join:
   * if the claim is wrong, its own messages or other members deliver its record.
   */
  private void join(News.Heard whole, Bytes payload, boolean spread, boolean firstHand) {
    SignedHead head = whole.head();
    Standing said = head.intent() == Intent.LEAVE ? Standing.ALIVE : whole.standing();
    switch (said) {
      case ALIVE, SUSPECT, RESTARTING ->
          states.join(head, payload, Standing.ALIVE, spread, firstHand);
      case FAILED -> {
        Peer peer = states.join(head, payload, Standing.FAILED, spread, firstHand);
        if (peer != null) {
          verify(peer, VERIFY_TRIES);
        }
      }
      case REPLACED, FORGOTTEN -> {}
    }
  }

  private void verify(Peer peer, int tries) {
    if (tries > 0 && peer.state() == MemberState.FAILED) {
      probes.nudge(peer);
      ctx.after(ctx.config.probing().ackTimeout(), () -> verify(peer, tries - 1));
    }
  }

  private static String cause(SignedHead old, SignedHead head) {
    return switch (head.intent()) {
      case LEAVE -> "said that it leaves";
      case RESTART -> "said that it restarts";
      case STAY -> old.bootNonce() == head.bootNonce() ? "refuted" : "started again";
    };
  }

  private @Nullable Bytes payload(SignedHead head, @Nullable Bytes attached, @Nullable Peer peer) {
    if (attached != null) {
      if (head.covers(attached)) {
        return attached;
      }
      ctx.tally.forged++;
    }
    if (peer != null && peer.head().payloadHash().equals(head.payloadHash())) {
      return peer.payload();
    }
    if (head.payloadLength() == 0) {
      return Bytes.EMPTY;
    }
    if (head.intent() == Intent.LEAVE) {
      return Bytes.EMPTY; // the payload of a member that left is not needed
    }
    return null;
  }

  /** Two boots signed the same incarnation: send the one that lost the tie the other's record. */
  private void tellClone(Peer peer, SignedHead loser) {
    if (loser.bootNonce() != peer.head().bootNonce()
        && loser.incarnation() == peer.head().incarnation()
        && ctx.now - peer.redirected > ctx.config.gossip().interval().toNanos()) {
      peer.redirected = ctx.now;
      List<News> news = List.of(Broadcasts.heard(peer, false));
      ctx.sendBare(loser.endpoint(), new SwimMessage.Gossip(ctx.self(), news));
    }
  }

  /**
   * Takes a rumour: a reason to probe, never evidence. The named member fails here only by this
   * node's own evidence.
   *
   * @param teller the member that sent it, perhaps not the accuser that it names
   */
  void rumor(News.Rumor rumor, NodeId teller) {
    if (rumor.subject().equals(ctx.self())) {
      own.accused(rumor.standing(), rumor.incarnation(), teller);
      return;
    }
    Peer peer = ctx.peers.get(rumor.subject());
    if (peer == null) {
      ctx.tally.unfounded++;
      return;
    }
    int order = Long.compareUnsigned(rumor.incarnation(), peer.head().incarnation());
    if (order != 0) {
      if (order > 0) {
        ctx.tally.unfounded++;
      }
      return;
    }
    broadcasts.again(rumor);
    if (rumor.by().equals(ctx.self())) {
      return; // only this node is a source of its own evidence
    }
    if (hearsayOfReturned(peer, rumor)) {
      if (rumor.standing() == Standing.RESTARTING) {
        probes.check(peer);
      }
      return;
    }
    switch (rumor.standing()) {
      case ALIVE -> {}
      case SUSPECT -> suspicions.accuse(peer, rumor.by(), false, "a rumour");
      case RESTARTING -> {
        if (peer.live() && !peer.hearsayCounts(ctx.now)) {
          suspicions.hint(peer);
        } else if (peer.live()) {
          states.restarting(peer, "its kernel answered " + rumor.by().abbreviated());
          dataPath.hearsay(peer);
        }
      }
      case FAILED -> failedElsewhere(peer, rumor.by());
      case REPLACED -> endpoints.doubted(peer);
      case FORGOTTEN -> states.forget(peer, "forgotten at " + rumor.by().abbreviated());
    }
  }

  /**
   * After a healed partition, ignore FAILED rumours about (and from) members back for less than 5
   * s; later exchanges repeat what still holds.
   */
  private boolean hearsayOfReturned(Peer peer, News.Rumor rumor) {
    if (peer.state() != MemberState.ALIVE) {
      return false;
    }
    return switch (rumor.standing()) {
      case RESTARTING -> returnedLately(peer);
      case FAILED -> returnedLately(peer) || isBackLately(ctx.peers.get(rumor.by()));
      case ALIVE, SUSPECT, REPLACED, FORGOTTEN -> false;
    };
  }

  private boolean isBackLately(@Nullable Peer teller) {
    return teller != null && (teller.lost() || returnedLately(teller));
  }

  private boolean returnedLately(Peer peer) {
    return ctx.now - peer.returned < RETURN;
  }

  /**
   * A remote FAILED only starts a suspicion here, or brings its final probe forward: a host
   * returning from a partition reports all members failed.
   */
  private void failedElsewhere(Peer peer, NodeId by) {
    long chance = ctx.scaled(ctx.config.suspicion().min()) / 2;
    boolean hadIt = peer.state() == MemberState.SUSPECT && ctx.now - peer.since() >= chance;
    if (hadIt) {
      suspicions.failedElsewhere(peer);
    } else if (peer.live()) {
      suspicions.accuse(peer, by, true, "failed at " + by.abbreviated());
    } else if (peer.state() == MemberState.RESTARTING) {
      dataPath.doubt(peer, by);
    }
  }
}
