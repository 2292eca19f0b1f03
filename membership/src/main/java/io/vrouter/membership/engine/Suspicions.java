package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs suspicions from the accusation to the refutation or the timeout (Lifeguard, IV-B). */
final class Suspicions {
  /** In meshes of up to 8 the accuser pings the suspect once per gossip interval. */
  private static final int SMALL = 8;

  /**
   * A member known for less than 3 s always gets the longest suspicion timeout: it has all members'
   * signatures to check, and its kernel can't be probed before the path to it is installed.
   */
  private static final long YOUNG = Duration.ofSeconds(3).toNanos();

  /** An accusation that does not count still causes a probe, at most once per 500 ms. */
  private static final long HINT = Duration.ofMillis(500).toNanos();

  /** Most times that a standstill of this process starts one suspicion over. */
  private static final int RESTARTS = 5;

  /** Per-member state. */
  static final class SuspicionState {
    /** The running suspicion, while suspect. */
    @Nullable Accusation running;

    /** When an accusation that does not count last caused a probe. */
    long hinted = Timers.NEVER;

    /** When the belief was last sent to it as an answering suspect. */
    long confronted = Timers.NEVER;
  }

  private final Context ctx;
  private final Broadcasts broadcasts;
  private final PeerStates states;
  private final Probes probes;
  private final DataPathChecks dataPath;

  Suspicions(
      Context ctx,
      Broadcasts broadcasts,
      PeerStates states,
      Probes probes,
      DataPathChecks dataPath) {
    this.ctx = ctx;
    this.broadcasts = broadcasts;
    this.states = states;
    this.probes = probes;
    this.dataPath = dataPath;
  }

  /**
   * Takes an accusation of a member's present incarnation. Whatever the accuser, the member fails
   * here only when it does not answer this node's own final probe.
   *
   * @param shortest whether the accuser's evidence is so strong that the shortest timeout applies
   */
  void accuse(Peer peer, NodeId by, boolean shortest, String cause) {
    if (!ctx.peers.holds(peer)) {
      return;
    }
    if (peer.state() == MemberState.ALIVE) {
      if (by.equals(ctx.self()) || peer.hearsayCounts(ctx.now)) {
        start(peer, by, shortest && credible(by), cause);
      } else {
        hint(peer);
      }
    } else if (peer.state() == MemberState.SUSPECT) {
      Accusation accusation = running(peer);
      if (accusation != null && credible(by) && accusation.confirm(by)) {
        broadcasts.tell(rumor(peer, by));
        schedule(peer, accusation);
      }
    }
  }

  /** Accusations against the member were disproved lately: another one only causes a probe. */
  void hint(Peer peer) {
    SuspicionState state = state(peer);
    if (ctx.now - state.hinted >= HINT) {
      state.hinted = ctx.now;
      probes.soon(peer);
    }
  }

  /** An unknown accuser, one that is gone, or one disproved lately shortens no timeout. */
  private boolean credible(NodeId by) {
    Peer accuser = ctx.peers.get(by);
    return by.equals(ctx.self()) || (accuser != null && accuser.credible(ctx.now));
  }

  /** Another member has failed a suspect. */
  void failedElsewhere(Peer peer) {
    Accusation accusation = running(peer);
    if (accusation != null && accusation.hasten(ctx.now)) {
      if (accusation.asked()) {
        ctx.timers.at(accusation.deadline(), () -> expire(peer, accusation));
      } else {
        schedule(peer, accusation);
      }
    }
  }

  private static @Nullable Accusation running(Peer peer) {
    SuspicionState state = peer.suspicion;
    return state == null ? null : state.running;
  }

  private static SuspicionState state(Peer peer) {
    SuspicionState state = peer.suspicion;
    if (state == null) {
      state = new SuspicionState();
      peer.suspicion = state;
    }
    return state;
  }

  /** The member is suspect no longer: its accusations are void and not passed on. */
  void ended(Peer peer) {
    Accusation accusation = running(peer);
    if (accusation != null) {
      broadcasts.drop(peer, accusation);
      state(peer).running = null;
      if (peer.state() == MemberState.ALIVE) {
        disproved(peer, accusation);
      }
    }
  }

  private void disproved(Peer peer, Accusation accusation) {
    boolean hearsay = false;
    for (NodeId by : accusation.by()) {
      Peer accuser = by.equals(ctx.self()) ? null : ctx.peers.get(by);
      hearsay |= !by.equals(ctx.self());
      if (accuser != null) {
        accuser.discredited(ctx.now);
      }
    }
    if (hearsay && peer.hearsayCounts(ctx.now)) {
      peer.disproved(ctx.now);
    }
  }

  private void start(Peer peer, NodeId by, boolean shortest, String cause) {
    boolean ownEvidence = by.equals(ctx.self());
    if (ownEvidence) {
      ctx.tally.suspicions++;
    }
    states.change(
        peer,
        new Belief(peer.head(), Standing.SUSPECT),
        peer.payload(),
        ownEvidence ? cause : "suspected by " + by.abbreviated());
    Accusation accusation = accusation(peer, by, shortest);
    state(peer).running = accusation;
    broadcasts.tell(rumor(peer, by));
    schedule(peer, accusation);
    int n = ctx.peers.count();
    if (ownEvidence) {
      tellSuspect(peer, accusation);
    } else if (ctx.random.nextInt(n) < 2 * ctx.config.suspicion().confirmations()) {
      probes.soon(peer); // some members confirm, not all
    }
  }

  private Accusation accusation(Peer peer, NodeId by, boolean shortest) {
    SwimConfig.Suspicion config = ctx.config.suspicion();
    boolean young = ctx.now - peer.started < YOUNG;
    long min = ctx.scaled(young ? config.max() : config.min());
    long max = shortest ? min : ctx.scaled(config.max());
    int k = Math.min(config.confirmations(), ctx.peers.count() - 2);
    return new Accusation(ctx.now, min, max, k, by);
  }

  private static News.Rumor rumor(Peer peer, NodeId by) {
    return new News.Rumor(Standing.SUSPECT, peer.id, peer.head().incarnation(), by);
  }

  private void tellSuspect(Peer peer, Accusation accusation) {
    if (running(peer) == accusation) {
      probes.nudge(peer);
      if (ctx.peers.count() <= SMALL) {
        ctx.after(ctx.config.gossip().interval(), () -> tellSuspect(peer, accusation));
      }
    }
  }

  private void schedule(Peer peer, Accusation accusation) {
    long lead = 2 * ctx.config.probing().ackTimeout().toNanos();
    ctx.timers.at(
        Math.max(ctx.now, accusation.deadline() - lead), () -> finalProbe(peer, accusation, lead));
  }

  /**
   * Before the timeout, each node without a refutation probes the suspect and its kernel once, even
   * when a late confirmation puts the timeout into the past.
   */
  private void finalProbe(Peer peer, Accusation accusation, long lead) {
    if (running(peer) == accusation
        && !accusation.asked()
        && ctx.now >= accusation.deadline() - lead) {
      accusation.ask(ctx.now + lead);
      ctx.timers.at(accusation.deadline(), () -> expire(peer, accusation));
      probes.finalProbe(peer);
      dataPath.ask(peer);
    }
  }

  /**
   * The suspect answered this node's probe without a refutation: perhaps a helper carried the ping
   * without the rumour, or the rumour is about an incarnation it does not have, or its refutation
   * waits for a payload. The answer extends the suspicion, and one datagram sends the belief held
   * here and pulls the suspect's record. A direct answer ends the suspicion besides ({@link
   * PeerStates#acquit}).
   */
  void answered(Peer peer) {
    Accusation accusation = running(peer);
    if (accusation != null) {
      SuspicionState state = state(peer);
      accusation.answered(ctx.now);
      schedule(peer, accusation);
      if (ctx.now - state.confronted > ctx.config.gossip().interval().toNanos()) {
        state.confronted = ctx.now;
        broadcasts.send(
            peer.head().endpoint(),
            peer,
            List.of(Broadcasts.heard(peer, false)),
            new SwimMessage.Pull(ctx.self(), List.of(peer.id), List.of()));
      }
    }
  }

  /** The kernel answered or was silent: a timeout that waited for that takes effect. */
  void dataPathKnown(Peer peer) {
    Accusation accusation = running(peer);
    if (accusation != null) {
      expire(peer, accusation);
    }
  }

  private void expire(Peer peer, Accusation accusation) {
    if (running(peer) != accusation || !accusation.asked() || ctx.now < accusation.deadline()) {
      return;
    }
    long until = dataPath.undecidedUntil(peer);
    if (ctx.now < until) {
      // The answer may wait unread: a busy host is slow to read it.
      ctx.timers.at(until, () -> expire(peer, accusation));
    } else {
      long silent = (ctx.now - peer.since()) / 1_000_000;
      states.failed(peer, accusation.accusers() + ", did not refute within " + silent + " ms");
    }
  }

  /**
   * After a standstill of this process each suspicion starts over, up to {@value #RESTARTS} times,
   * so that repeated standstills don't keep a member suspect.
   */
  void restart() {
    for (Peer peer : List.copyOf(ctx.peers.live())) {
      Accusation old = running(peer);
      if (old != null && old.restarts < RESTARTS) {
        Accusation accusation = accusation(peer, ctx.self(), false);
        accusation.restarts = old.restarts + 1;
        state(peer).running = accusation;
        schedule(peer, accusation);
      } else if (old != null) {
        old.answered(ctx.now);
        schedule(peer, old);
      }
    }
  }
}
