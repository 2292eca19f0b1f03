package io.vrouter.membership.engine;

import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import java.time.Duration;

/**
 * Asks the kernels: a member whose daemon is silent but whose kernel answers is restarting, and its
 * routes stay.
 */
final class DataPathChecks {
  /** An answer that is later than this never comes. */
  private static final long PATIENCE = Duration.ofMillis(1500).toNanos();

  /** How many nodes keep asking about a restarting member, on average. */
  private static final int WATCHERS = 3;

  private static final int SILENCES = 2;

  /** A kernel answers one node so often in a row, then once in {@link #LIMIT} (icmp_ratelimit). */
  private static final int BURST = 6;

  private static final long LIMIT = Duration.ofSeconds(1).toNanos();

  /** A kernel sends a thousand ICMP messages a second to all together (icmp_msgs_per_sec). */
  private static final long ONE_OF_MANY = Duration.ofMillis(1).toNanos();

  private final Context ctx;
  private long number;

  DataPathChecks(Context ctx) {
    this.ctx = ctx;
  }

  void ask(Peer peer) {
    boolean pending = peer.dataPathProbe != 0 && ctx.now - peer.dataPathAsked < PATIENCE;
    if (!pending
        && ctx.now >= peer.dataPathLimited
        && (peer.state() == MemberState.SUSPECT || peer.state() == MemberState.RESTARTING)) {
      number++;
      peer.dataPathProbe = number;
      peer.dataPathAsked = ctx.now;
      ctx.effect(new Effect.ProbeDataPath(peer.member(ctx.origin), number));
    }
  }

  void answer(NodeId id, long probe, Answer answer) {
    Peer peer = ctx.roster.get(id);
    if (peer == null || probe == 0 || peer.dataPathProbe != probe) {
      return;
    }
    peer.dataPathProbe = 0;
    if (answer == Answer.SILENT && mayBeLimited(peer)) {
      askAgain(peer);
      return;
    }
    peer.dataPathTold = ctx.now;
    peer.dataPathLimited = Long.MIN_VALUE / 2;
    switch (answer) {
      case ANSWERED -> {
        peer.dataPathAnswered = ctx.now;
        peer.silences = 0;
        peer.doubtedBy = null;
        if (peer.state() == MemberState.SUSPECT) {
          ctx.ledger.restarting(peer, "no answer from its daemon, but from its kernel");
        }
      }
      case SILENT -> {
        if (peer.state() == MemberState.RESTARTING && ++peer.silences >= SILENCES) {
          ctx.ledger.failed(peer, "was restarting, then its kernel fell silent");
        }
      }
      case UNKNOWN -> {}
    }
    condemn(peer);
    ctx.suspects.dataPathTold(peer);
  }

  /** Whether its kernel may have kept silent because it was asked too often lately. */
  private boolean mayBeLimited(Peer peer) {
    return peer.state() == MemberState.SUSPECT
        && peer.dataPathLimited < peer.dataPathAnswered
        && ctx.now - peer.dataPathAnswered < BURST * LIMIT;
  }

  private void askAgain(Peer peer) {
    peer.dataPathLimited = ctx.now + LIMIT;
    ctx.timers.at(peer.dataPathLimited, () -> ask(peer));
  }

  /**
   * Until when a suspect may not be failed because its kernel was asked and nothing has come of it
   * since the suspicion began; in the past when nothing is waited for.
   */
  long undecidedUntil(Peer peer) {
    boolean told = peer.dataPathTold >= peer.since();
    if (told) {
      return ctx.now;
    }
    return PATIENCE + (peer.dataPathProbe == 0 ? peer.dataPathLimited : peer.dataPathAsked);
  }

  /**
   * Another has given up a restarting member. It may be that only its own path is broken, so routes
   * go when the kernel does not answer here either. Each of a crowd asks at another moment.
   */
  void doubt(Peer peer, NodeId by) {
    boolean answeredLately =
        ctx.now - peer.dataPathAnswered < 2 * ctx.config.healing().recheck().toNanos();
    if (answeredLately || peer.doubtedBy != null) {
      return;
    }
    peer.doubtedBy = by;
    long since = peer.since();
    long turn = ctx.random.nextLong(ONE_OF_MANY * ctx.roster.count());
    ctx.after(turn, () -> ask(peer));
    ctx.after(
        turn + PATIENCE,
        () -> {
          if (peer.since() == since) {
            condemn(peer);
          }
        });
  }

  private void condemn(Peer peer) {
    NodeId by = peer.doubtedBy;
    if (by != null) {
      ctx.ledger.failed(
          peer, "failed at " + by.abbreviated() + ", and its kernel did not answer here");
    }
  }

  /** Begins the grace period of a member that has just become restarting. */
  void watch(Peer peer) {
    peer.silences = 0;
    long since = peer.since();
    ctx.retry.kick();
    ctx.after(
        ctx.config.healing().grace(),
        () -> {
          if (peer.state() == MemberState.RESTARTING && peer.since() == since) {
            ctx.ledger.failed(peer, "did not come back within its grace period");
          }
        });
    recheck(peer, since);
  }

  private void recheck(Peer peer, long since) {
    ctx.after(
        ctx.config.healing().recheck(),
        () -> {
          if (peer.state() == MemberState.RESTARTING && peer.since() == since) {
            if (watches(peer)) {
              ask(peer);
            }
            recheck(peer, since);
          }
        });
  }

  /** A few nodes, always the same for one member, so that a crowd does not exhaust its kernel. */
  private boolean watches(Peer peer) {
    long lot = (ctx.self().low() ^ peer.id.low()) * 0x9e3779b97f4a7c15L;
    double share = (lot >>> 11) * 0x1.0p-53;
    return share * ctx.roster.count() < WATCHERS;
  }
}
