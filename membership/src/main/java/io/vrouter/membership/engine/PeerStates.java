package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The only place where what is claimed of others changes. Records count when their owner signed
 * them; rumours only for an incarnation that was seen signed.
 */
final class PeerStates {
  /** How long after a cut has healed both sides may still tell what they thought during it. */
  private static final long RETURN = Duration.ofSeconds(5).toNanos();

  private final Context ctx;

  PeerStates(Context ctx) {
    this.ctx = ctx;
  }

  /** A record came along. */
  void heard(News.Heard heard, InetSocketAddress source) {
    SignedHead head = heard.head();
    if (head.id().equals(ctx.self())) {
      ctx.own.meet(head);
      return;
    }
    Peer peer = ctx.roster.get(head.id());
    if (peer != null && head.compareTo(peer.head()) <= 0) {
      ctx.pulls.satisfied(peer);
      ctx.gossip.again(peer.id);
      tellClone(peer, head);
      return;
    }
    if (!ctx.pulls.verified(head) && !head.authentic(ctx.verifier)) {
      ctx.tally.forged++;
      return;
    }
    Bytes payload = payload(head, heard.payload(), peer);
    if (payload == null) {
      ctx.pulls.wantPayload(head, source);
      return;
    }
    admit(head, payload, heard.standing());
  }

  /** Takes in an authentic record that is newer than what is held, with its payload. */
  void admit(SignedHead head, Bytes payload, Standing hearsay) {
    boolean spread = ctx.pulls.settledOrUnasked(head.id());
    Peer peer = ctx.roster.get(head.id());
    if (peer == null) {
      join(head, payload, hearsay == Standing.SUSPECT ? Standing.ALIVE : hearsay, spread);
    } else {
      SignedHead old = peer.head();
      boolean newPayload = !old.payloadHash().equals(head.payloadHash());
      change(peer, new Belief(head, Standing.ALIVE), payload, cause(old, head));
      if (spread) {
        ctx.gossip.tell(peer, newPayload);
      }
    }
    ctx.pulls.done(head.id());
  }

  private static String cause(SignedHead old, SignedHead head) {
    return switch (head.intent()) {
      case LEAVE -> "said that it leaves";
      case RESTART -> "said that it restarts";
      case STAY -> old.bootNonce() == head.bootNonce() ? "refuted" : "started again";
    };
  }

  private void join(SignedHead head, Bytes payload, Standing standing, boolean spread) {
    if (ctx.roster.size() >= ctx.config.bounds().members()) {
      Peer least = ctx.roster.leastMissed();
      if (least == null) {
        ctx.tally.overflow++;
        return;
      }
      ctx.roster.remove(least);
    }
    Peer peer = new Peer(head.id(), new Belief(head, standing), payload, ctx.now);
    ctx.roster.add(peer);
    if (!peer.hidden()) {
      ctx.emit(
          new MembershipEvent.Transition(
              peer.id, null, peer.state(), peer.record(), "its record arrived"));
    }
    entered(peer);
    if (spread) {
      ctx.gossip.tell(peer, true);
    }
    ctx.endpoints.moved(peer);
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
      return Bytes.EMPTY; // nobody needs to know what a member had that is gone
    }
    return null;
  }

  /** Two boots signed the same incarnation: the one that lost the tie is told, to notice. */
  private void tellClone(Peer peer, SignedHead loser) {
    if (loser.bootNonce() != peer.head().bootNonce()
        && loser.incarnation() == peer.head().incarnation()
        && ctx.now - peer.nudged > ctx.config.gossip().interval().toNanos()) {
      peer.nudged = ctx.now;
      List<News> news = List.of(Broadcasts.heard(peer, false));
      ctx.sendBare(loser.endpoint(), new SwimMessage.Gossip(ctx.self(), news));
    }
  }

  /** Something is said of somebody. */
  void rumor(News.Rumor rumor) {
    if (rumor.subject().equals(ctx.self())) {
      ctx.own.accused(rumor.standing(), rumor.incarnation());
      return;
    }
    Peer peer = ctx.roster.get(rumor.subject());
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
    ctx.gossip.again(rumor);
    if (hearsayOfReturned(peer, rumor)) {
      if (rumor.standing() == Standing.RESTARTING) {
        check(peer);
      }
      return;
    }
    switch (rumor.standing()) {
      case ALIVE -> {}
      case SUSPECT -> ctx.suspects.accuse(peer, rumor.by(), false, "a rumour");
      case RESTARTING -> {
        if (peer.live()) {
          restarting(peer, "its kernel answered " + rumor.by().abbreviated());
        }
      }
      case FAILED -> failedElsewhere(peer, rumor.by());
      case REPLACED -> {
        if (replaceable(peer) && ctx.roster.at(peer.head().endpoint()).size() > 1) {
          replaced(peer, "its address answers " + rumor.by().abbreviated() + " as another");
        }
      }
      case FORGOTTEN -> forget(peer, "forgotten at " + rumor.by().abbreviated());
    }
  }

  /**
   * Halves of a mesh that find each other again have given each other up, and tell so for a while.
   * It is void when told by one who has just come back, and so is all that is said of one who has;
   * what lasts is told again by a later exchange.
   */
  private boolean hearsayOfReturned(Peer peer, News.Rumor rumor) {
    if (peer.state() != MemberState.ALIVE) {
      return false;
    }
    return switch (rumor.standing()) {
      case RESTARTING -> returnedLately(peer);
      case FAILED -> returnedLately(peer) || isBackLately(ctx.roster.get(rumor.by()));
      case ALIVE, SUSPECT, REPLACED, FORGOTTEN -> false;
    };
  }

  /** Finds out itself whether it restarts again. */
  private void check(Peer peer) {
    if (ctx.now - peer.nudged > ctx.config.gossip().interval().toNanos()) {
      peer.nudged = ctx.now;
      ctx.probes.soon(peer);
    }
  }

  private boolean isBackLately(@Nullable Peer teller) {
    return teller != null && (teller.lost() || returnedLately(teller));
  }

  private boolean returnedLately(Peer peer) {
    return ctx.now - peer.returned < RETURN;
  }

  /**
   * A member answered a ping that was sent since it has been thought gone: it is not. It need not
   * sign a refutation for everybody to check, and nobody else is told: they ask themselves.
   */
  void acquit(Peer peer) {
    if (peer.acquittable()) {
      ctx.gossip.drop(peer);
      become(peer, new Belief(peer.head(), Standing.ALIVE), peer.payload(), "answered again");
      ctx.retry.found();
    }
  }

  /**
   * Nobody is failed here without having been suspect here for a while: the accused must get a
   * chance. Who comes back from being cut off has failed everybody, and says so more than once.
   */
  private void failedElsewhere(Peer peer, NodeId by) {
    long chance = ctx.scaled(ctx.config.suspicion().min()) / 2;
    boolean hadIt = peer.state() == MemberState.SUSPECT && ctx.now - peer.since() >= chance;
    if (hadIt) {
      failed(peer, "failed at " + by.abbreviated());
    } else if (peer.live()) {
      ctx.suspects.accuse(peer, by, true, "failed at " + by.abbreviated());
    } else if (peer.state() == MemberState.RESTARTING) {
      ctx.dataPath.doubt(peer, by);
    }
  }

  static boolean replaceable(Peer peer) {
    return peer.live() || peer.lost();
  }

  void restarting(Peer peer, String cause) {
    claim(peer, Standing.RESTARTING, cause);
  }

  void failed(Peer peer, String cause) {
    claim(peer, Standing.FAILED, cause);
  }

  void replaced(Peer peer, String cause) {
    claim(peer, Standing.REPLACED, cause);
  }

  /** Drops a member that is gone; one that lives is left alone. */
  void forget(Peer peer, String cause) {
    if (peer != ctx.roster.self()
        && !peer.live()
        && peer.state() != MemberState.RESTARTING
        && !peer.hidden()) {
      claim(peer, Standing.FORGOTTEN, cause);
    }
  }

  private void claim(Peer peer, Standing standing, String cause) {
    change(peer, new Belief(peer.head(), standing), peer.payload(), cause);
    ctx.gossip.tell(peer.rumor(ctx.self()));
  }

  /** Merges a claim in and tells what became of the member. */
  void change(Peer peer, Belief claim, Bytes payload, String cause) {
    become(peer, Belief.merge(peer.claim(), claim), payload, cause);
  }

  private void become(Peer peer, Belief merged, Bytes payload, String cause) {
    Belief old = peer.claim();
    MemberState before = peer.state();
    boolean wasHidden = peer.hidden();
    ctx.roster.change(peer, () -> peer.set(merged, payload, ctx.now));
    Accusation accusation = peer.accusation;
    if (accusation != null && peer.state() != MemberState.SUSPECT) {
      ctx.gossip.drop(peer, accusation);
      peer.accusation = null;
    }
    if (peer.hidden()) {
      if (!wasHidden) {
        ctx.emit(new MembershipEvent.Forgotten(peer.id, cause));
      }
    } else if (peer.state() != before || wasHidden) {
      MemberState from = wasHidden ? null : before;
      ctx.emit(new MembershipEvent.Transition(peer.id, from, peer.state(), peer.record(), cause));
      entered(peer);
      if (peer.live() && before != MemberState.ALIVE && before != MemberState.SUSPECT) {
        ctx.exchange.healed(peer);
      }
    } else if (merged.head().version() != old.head().version()
        || merged.head().bootNonce() != old.head().bootNonce()) {
      ctx.emit(new MembershipEvent.Updated(peer.id, peer.record()));
    }
    if (!merged.head().equals(old.head())) {
      ctx.endpoints.moved(peer);
    }
  }

  private void entered(Peer peer) {
    if (peer.state() == MemberState.RESTARTING) {
      ctx.dataPath.watch(peer);
    } else if (peer.state() == MemberState.FAILED) {
      ctx.tally.failures++;
      ctx.retry.kick();
    } else if (peer.state() == MemberState.ALIVE) {
      ctx.probes.joined(peer);
    }
  }
}
