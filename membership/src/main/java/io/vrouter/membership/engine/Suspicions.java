package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.List;

/** Runs suspicions from the accusation to the refutation or the end. */
final class Suspicions {
  /** Meshes so small that the accuser tells the suspect again and again, not only the gossip. */
  private static final int SMALL = 8;

  /**
   * A node that came so lately has the longest time to refute, whoever confirms: it has everybody's
   * signatures to check, and its kernel can't be asked before the path to it is installed.
   */
  private static final long YOUNG = Duration.ofSeconds(3).toNanos();

  /** How often a standstill gives one suspect the whole time again. */
  private static final int RESTARTS = 5;

  private final Context ctx;

  Suspicions(Context ctx) {
    this.ctx = ctx;
  }

  /**
   * Somebody accuses a member, whose incarnation is the one held here.
   *
   * @param shortest whether the accuser's evidence is so strong that the shortest timeout applies
   */
  void accuse(Peer peer, NodeId by, boolean shortest, String cause) {
    if (peer.state() == MemberState.ALIVE) {
      start(peer, by, shortest, cause);
    } else if (peer.state() == MemberState.SUSPECT) {
      Accusation accusation = peer.accusation;
      if (accusation != null && accusation.confirm(by)) {
        ctx.gossip.tell(rumor(peer, by));
        schedule(peer, accusation);
      }
    }
  }

  private void start(Peer peer, NodeId by, boolean shortest, String cause) {
    boolean ownEvidence = by.equals(ctx.self());
    if (ownEvidence) {
      ctx.tally.suspicions++;
    }
    ctx.ledger.change(
        peer,
        new Belief(peer.head(), Standing.SUSPECT),
        peer.payload(),
        ownEvidence ? cause : "suspected by " + by.abbreviated());
    Accusation accusation = accusation(peer, by, shortest);
    peer.accusation = accusation;
    ctx.gossip.tell(rumor(peer, by));
    schedule(peer, accusation);
    int n = ctx.roster.count();
    if (ownEvidence) {
      tellSuspect(peer, accusation);
    } else if (ctx.random.nextInt(n) < 2 * ctx.config.suspicion().confirmations()) {
      ctx.probes.soon(peer); // so that somebody confirms, and not everybody
    }
  }

  private Accusation accusation(Peer peer, NodeId by, boolean shortest) {
    SwimConfig.Suspicion config = ctx.config.suspicion();
    boolean young = ctx.now - peer.started < YOUNG;
    long min = ctx.scaled(young ? config.max() : config.min());
    long max = shortest ? min : ctx.scaled(config.max());
    int k = Math.min(config.confirmations(), ctx.roster.count() - 2);
    return new Accusation(ctx.now, min, max, k, by);
  }

  private static News.Rumor rumor(Peer peer, NodeId by) {
    return new News.Rumor(Standing.SUSPECT, peer.id, peer.head().incarnation(), by);
  }

  private void tellSuspect(Peer peer, Accusation accusation) {
    if (peer.accusation == accusation) {
      ctx.probes.nudge(peer);
      if (ctx.roster.count() <= SMALL) {
        ctx.after(ctx.config.gossip().interval(), () -> tellSuspect(peer, accusation));
      }
    }
  }

  private void schedule(Peer peer, Accusation accusation) {
    long lead = 2 * ctx.config.probing().ackTimeout().toNanos();
    ctx.timers.at(
        Math.max(ctx.now, accusation.deadline() - lead), () -> lastWords(peer, accusation, lead));
  }

  /**
   * Before the end, everyone who has not heard a refutation asks the suspect once itself, and its
   * kernel; also where a late confirmation has the end in the past.
   */
  private void lastWords(Peer peer, Accusation accusation, long lead) {
    if (peer.accusation == accusation
        && !accusation.asked()
        && ctx.now >= accusation.deadline() - lead) {
      accusation.ask(ctx.now + lead);
      ctx.timers.at(accusation.deadline(), () -> expire(peer, accusation));
      ctx.probes.lastWords(peer);
      ctx.dataPath.ask(peer);
    }
  }

  /**
   * The suspect answered a ping from here, without refuting: perhaps a helper carried the ping and
   * did not tell it, or it thinks that it has an older incarnation, or what it refuted with waits
   * for its payload. That buys it time; and it is shown what is held of it and asked for its record
   * by one datagram.
   */
  void answered(Peer peer) {
    Accusation accusation = peer.accusation;
    if (accusation != null) {
      accusation.answered(ctx.now);
      schedule(peer, accusation);
      if (ctx.now - peer.confronted > ctx.config.gossip().interval().toNanos()) {
        peer.confronted = ctx.now;
        ctx.send(
            peer.head().endpoint(),
            peer,
            List.of(Broadcasts.heard(peer, false)),
            new SwimMessage.Pull(ctx.self(), List.of(peer.id), List.of()));
      }
    }
  }

  /** Its kernel has been heard of, by an answer or by silence: an end that waited for it comes. */
  void dataPathTold(Peer peer) {
    if (peer.accusation != null) {
      expire(peer, peer.accusation);
    }
  }

  private void expire(Peer peer, Accusation accusation) {
    if (peer.accusation != accusation || !accusation.asked() || ctx.now < accusation.deadline()) {
      return;
    }
    long until = ctx.dataPath.undecidedUntil(peer);
    if (ctx.now < until) {
      // The answer may be here already: a busy host is slow to read it.
      ctx.timers.at(until, () -> expire(peer, accusation));
    } else {
      if (accusation.exhausted()) {
        peer.obstinate = peer.head().incarnation();
      }
      long silent = (ctx.now - peer.since()) / 1_000_000;
      ctx.ledger.failed(peer, accusation.accusers() + ", did not refute within " + silent + " ms");
    }
  }

  /**
   * After this process stood still, everybody gets the whole time again; but a process that stands
   * still again and again must not keep a suspect for ever.
   */
  void restart() {
    for (Peer peer : List.copyOf(ctx.roster.live())) {
      Accusation old = peer.accusation;
      if (old != null && old.restarts < RESTARTS) {
        Accusation accusation = accusation(peer, ctx.self(), false);
        accusation.restarts = old.restarts + 1;
        peer.accusation = accusation;
        schedule(peer, accusation);
      } else if (old != null) {
        old.answered(ctx.now);
        schedule(peer, old);
      }
    }
  }
}
