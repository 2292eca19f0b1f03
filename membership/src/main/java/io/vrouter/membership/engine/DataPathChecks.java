package io.vrouter.membership.engine;

import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Probes kernels over the data path: a member with a silent daemon and an answering kernel is
 * restarting, and its routes stay.
 */
final class DataPathChecks {
  /** A probe ends after 1.5 s. */
  private static final long PATIENCE = Duration.ofMillis(1500).toNanos();

  /** Nodes that keep probing one restarting member, on average. */
  private static final int WATCHERS = 3;

  private static final int SILENCES = 2;

  /** A kernel answers one node 6 times in a burst, then once per second (icmp_ratelimit). */
  private static final int BURST = 6;

  private static final long LIMIT = Duration.ofSeconds(1).toNanos();

  /** A kernel sends at most 1,000 ICMP messages per second in all (icmp_msgs_per_sec). */
  private static final long ICMP_GAP = Duration.ofMillis(1).toNanos();

  /** Per-member state. */
  static final class CheckState {
    /** The number of the outstanding probe, else 0. */
    long probe;

    /** When that probe was sent. */
    long asked;

    /** When the kernel last answered. */
    long answered = Timers.NEVER;

    /** When a probe last ended: answered, silent or unknown. */
    long told = Timers.NEVER;

    /** Until then the kernel may be silent because its rate limit is exhausted. */
    long limited = Timers.NEVER;

    /** Silences in a row while restarting. */
    int silences;

    /**
     * The member that reported it failed while it restarts here, until its kernel answers or is
     * silent.
     */
    @Nullable NodeId doubtedBy;
  }

  private static CheckState state(Peer peer) {
    CheckState state = peer.dataPath;
    if (state == null) {
      state = new CheckState();
      peer.dataPath = state;
    }
    return state;
  }

  /** The member's state changed: doubts about the former one are void. */
  static void changed(Peer peer) {
    CheckState state = peer.dataPath;
    if (state != null) {
      state.doubtedBy = null;
    }
  }

  private final Context ctx;
  private final PeerStates states;
  private final Probes probes;
  private long number;

  DataPathChecks(Context ctx, PeerStates states, Probes probes) {
    this.ctx = ctx;
    this.states = states;
    this.probes = probes;
  }

  void ask(Peer peer) {
    CheckState path = state(peer);
    boolean pending = path.probe != 0 && ctx.now - path.asked < PATIENCE;
    if (!pending
        && ctx.now >= path.limited
        && (peer.state() == MemberState.SUSPECT || peer.state() == MemberState.RESTARTING)) {
      number++;
      path.probe = number;
      path.asked = ctx.now;
      ctx.effect(new Effect.ProbeDataPath(peer.member(ctx.origin), number));
    }
  }

  /** Takes an answer; the member whose kernel has now answered or was silent, else null. */
  @Nullable Peer answer(NodeId id, long probe, Answer answer) {
    Peer peer = ctx.peers.get(id);
    CheckState path = peer == null ? null : peer.dataPath;
    if (peer == null || path == null || probe == 0 || path.probe != probe) {
      return null;
    }
    path.probe = 0;
    if (answer == Answer.SILENT && mayBeLimited(peer)) {
      askAgain(peer);
      return null;
    }
    path.told = ctx.now;
    path.limited = Timers.NEVER;
    switch (answer) {
      case ANSWERED -> {
        path.answered = ctx.now;
        path.silences = 0;
        path.doubtedBy = null;
        if (peer.state() == MemberState.SUSPECT) {
          states.restarting(peer, "no answer from its daemon, but from its kernel");
        }
      }
      case SILENT -> {
        if (peer.state() == MemberState.RESTARTING && ++path.silences >= SILENCES) {
          states.failed(peer, "was restarting, then its kernel fell silent");
        }
      }
      case UNKNOWN -> {}
    }
    condemn(peer);
    return peer;
  }

  /** Whether the silence may come from the kernel's rate limit. */
  private boolean mayBeLimited(Peer peer) {
    CheckState path = state(peer);
    return peer.state() == MemberState.SUSPECT
        && path.limited < path.answered
        && ctx.now - path.answered < BURST * LIMIT;
  }

  private void askAgain(Peer peer) {
    CheckState path = state(peer);
    path.limited = ctx.now + LIMIT;
    ctx.timers.at(path.limited, () -> ask(peer));
  }

  /**
   * Until then a suspect does not fail, because its kernel's answer is awaited; not later than now
   * when none is.
   */
  long undecidedUntil(Peer peer) {
    CheckState path = state(peer);
    boolean told = path.told >= peer.since();
    if (told) {
      return ctx.now;
    }
    return PATIENCE + (path.probe == 0 ? path.limited : path.asked);
  }

  /**
   * Another member has failed a restarting one. Perhaps only that member's path is broken, so the
   * restarting one fails here only when neither its daemon nor its kernel answers this node. A
   * random delay, at most 1 ms per member, keeps a crowd from exhausting the kernel's rate limit.
   */
  void doubt(Peer peer, NodeId by) {
    CheckState path = state(peer);
    boolean answeredLately = ctx.now - path.answered < 2 * ctx.config.healing().recheck().toNanos();
    if (answeredLately || path.doubtedBy != null) {
      return;
    }
    path.doubtedBy = by;
    long since = peer.since();
    long turn = turn();
    ctx.after(turn, () -> probes.nudge(peer));
    long answerDue = turn + 2 * ctx.config.probing().ackTimeout().toNanos();
    ctx.after(answerDue, () -> ask(peer));
    ctx.after(
        answerDue + PATIENCE,
        () -> {
          if (peer.since() == since) {
            condemn(peer);
          }
        });
  }

  private long turn() {
    return ctx.random.nextLong(ICMP_GAP * ctx.peers.count());
  }

  /**
   * A rumour claims that a member restarts: this node probes its daemon, which an answer acquits.
   */
  void hearsay(Peer peer) {
    ctx.after(
        turn(),
        () -> {
          if (peer.state() == MemberState.RESTARTING) {
            probes.nudge(peer);
          }
        });
  }

  private void condemn(Peer peer) {
    CheckState path = state(peer);
    NodeId by = path.doubtedBy;
    if (by != null) {
      states.failed(peer, "failed at " + by.abbreviated() + ", and its kernel did not answer here");
    }
  }

  /** Starts the grace period of a restarting member. */
  void watch(Peer peer) {
    CheckState path = state(peer);
    path.silences = 0;
    long since = peer.since();
    long grace = ctx.config.healing().grace().toNanos();
    long lead = 2 * ctx.config.probing().ackTimeout().toNanos();
    ctx.after(
        Math.max(0, grace - lead),
        () -> {
          if (restartsSince(peer, since)) {
            probes.nudge(peer);
          }
        });
    ctx.after(
        grace,
        () -> {
          if (restartsSince(peer, since)) {
            states.failed(peer, "did not come back within its grace period");
          }
        });
    recheck(peer, since);
  }

  private static boolean restartsSince(Peer peer, long since) {
    return peer.state() == MemberState.RESTARTING && peer.since() == since;
  }

  private void recheck(Peer peer, long since) {
    ctx.after(
        ctx.config.healing().recheck(),
        () -> {
          if (restartsSince(peer, since)) {
            if (watches(peer)) {
              ask(peer);
            }
            recheck(peer, since);
          }
        });
  }

  /**
   * Whether this node is one of the few, constant probers of the member: a crowd would exhaust its
   * kernel's rate limit.
   */
  private boolean watches(Peer peer) {
    long lot = (ctx.self().low() ^ peer.id.low()) * 0x9e3779b97f4a7c15L;
    double share = (lot >>> 11) * 0x1.0p-53;
    return share * ctx.peers.count() < WATCHERS;
  }
}
