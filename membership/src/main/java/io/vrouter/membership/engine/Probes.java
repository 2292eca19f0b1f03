package io.vrouter.membership.engine;

import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The failure detector: one member per interval, all in random order before any again; a direct
 * ping, then another together with indirect ones, then a last direct one.
 */
final class Probes {
  private enum Kind {
    /** In turn: its failure accuses, unless nobody at all was heard. */
    ROUND,
    /** After one where nobody was heard: its failure accuses. */
    SECOND,
    /** Out of turn: its answer helps, its failure says nothing. */
    EXTRA
  }

  private final class Probe {
    final long number = ctx.random.nextLong();
    final Peer peer;
    final Kind kind;
    final long began;
    int helpers;
    int nacks;
    Timers.@Nullable Timer help;
    Timers.@Nullable Timer end;

    Probe(Peer peer, Kind kind, long now) {
      this.peer = peer;
      this.kind = kind;
      this.began = now;
    }

    /** No lambda, nor below: to make one that captures takes a chain of method handles. */
    Runnable help() {
      return new Runnable() {
        @Override
        public void run() {
          askHelpers(Probe.this);
        }
      };
    }

    Runnable again() {
      return new Runnable() {
        @Override
        public void run() {
          if (open.get(number) == Probe.this) {
            sendPing(Probe.this);
          }
        }
      };
    }

    Runnable end() {
      return new Runnable() {
        @Override
        public void run() {
          conclude(Probe.this);
        }
      };
    }

    void answered() {
      if (help != null) {
        help.cancel();
      }
      if (end != null) {
        end.cancel();
      }
    }
  }

  /**
   * So few members are probed in the same order turn after turn: nobody waits for longer than one
   * turn, where a fresh order makes it nearly two. Among more, the many probers even that out, and
   * a fresh order keeps any from being unlucky for ever.
   */
  private static final int FEW = 8;

  /**
   * Among more, every second probe goes to the ward: the next member in the circle of ids. Each
   * member so has a guard who looks after it, which cuts off the long tail of the time until
   * somebody happens to probe it. And both probes are sent at once, every two intervals: the
   * processor is woken for the two where it would be for each.
   */
  private static final int TOGETHER = 2;

  private final Context ctx;
  private final Map<Long, Probe> open = new HashMap<>();
  private final List<Peer> turn = new ArrayList<>();
  private final Runnable round = this::round;

  Probes(Context ctx) {
    this.ctx = ctx;
  }

  void start() {
    long interval = ctx.config.probing().interval().toNanos();
    ctx.after((long) (interval * ctx.random.nextDouble()), round);
  }

  private void round() {
    long interval = ctx.config.probing().interval().toNanos() * ctx.health.factor();
    Peer ward = ctx.roster.live().size() > FEW ? ctx.roster.following() : null;
    ctx.after(ward == null ? interval : TOGETHER * interval, round);
    if (ward != null) {
      probe(ward, interval);
    }
    Peer peer = inTurn(ward);
    if (peer != null) {
      probe(peer, interval);
    }
  }

  private void probe(Peer peer, long interval) {
    probe(new Probe(peer, Kind.ROUND, ctx.now), interval, ctx.health.factor());
  }

  private void probe(Probe probe, long interval, int factor) {
    ping(probe);
    long timeout = ctx.config.probing().ackTimeout().toNanos() * factor;
    probe.help = ctx.after(timeout, probe.help());
    probe.end = ctx.after(interval, probe.end());
  }

  private @Nullable Peer inTurn(@Nullable Peer ward) {
    for (int attempt = 0; attempt < 2; attempt++) {
      while (!turn.isEmpty()) {
        Peer peer = turn.remove(turn.size() - 1);
        if (peer.live() && peer != ward) {
          return peer;
        }
      }
      turn.addAll(ctx.roster.live());
      if (turn.size() > FEW) {
        Collections.shuffle(turn, new Random(ctx.random.nextLong()));
      } else {
        turn.sort(Comparator.comparingLong(this::place));
      }
    }
    return null;
  }

  /** This node's own order of the members, unlike any other node's. */
  private long place(Peer peer) {
    return (peer.id.low() ^ ctx.self().low()) * 0x9e3779b97f4a7c15L;
  }

  /** A new live member takes a random place in the running turn. */
  void joined(Peer peer) {
    turn.add(ctx.random.nextInt(turn.size() + 1), peer);
  }

  /** Probes a suspect now, out of turn, to confirm or clear it. */
  void soon(Peer peer) {
    probe(peer, ctx.config.probing().interval().toNanos() * ctx.health.factor());
  }

  private void ping(Probe probe) {
    open.put(probe.number, probe);
    sendPing(probe);
  }

  private void sendPing(Probe probe) {
    ctx.send(
        probe.peer.head().endpoint(),
        probe.peer,
        List.of(),
        new SwimMessage.Ping(ctx.self(), probe.number, List.of()));
  }

  private void askHelpers(Probe probe) {
    if (open.get(probe.number) != probe) {
      return;
    }
    sendPing(probe); // its first may just have been lost
    SwimConfig.Probing config = ctx.config.probing();
    long left = config.interval().minus(config.ackTimeout()).toNanos() * ctx.health.factor();
    probe.help = ctx.after(left / 2, probe.again());
    for (Peer helper : ctx.roster.pick(ctx.config.probing().indirect(), probe.peer)) {
      probe.helpers++;
      ctx.send(
          helper.head().endpoint(),
          helper,
          doubts(probe.peer),
          new SwimMessage.PingReq(
              ctx.self(), probe.number, probe.peer.head().endpoint(), List.of()));
    }
  }

  /** A helper tells the target what is thought of it here. */
  private List<News> doubts(Peer peer) {
    return peer.standing() == Standing.ALIVE ? List.of() : List.of(peer.rumor(ctx.self()));
  }

  private void conclude(Probe probe) {
    if (!open.remove(probe.number, probe) || probe.kind == Kind.EXTRA) {
      return;
    }
    if (probe.kind == Kind.ROUND && probe.helpers > 0 && probe.nacks == 0) {
      // Not one of four was heard: that may be this node's fault, so it asks once more, as soon as
      // it did before it felt unwell.
      int factor = ctx.health.factor();
      probe(
          new Probe(probe.peer, Kind.SECOND, ctx.now),
          ctx.config.probing().interval().toNanos() * factor,
          factor);
      ctx.health.worse(probe.helpers);
      return;
    }
    ctx.health.worse(probe.helpers == 0 ? 1 : probe.helpers - probe.nacks);
    ctx.suspects.accuse(
        probe.peer, ctx.self(), false, "no answer to a ping, nor to " + probe.helpers + " helpers");
    ctx.dataPath.ask(probe.peer);
  }

  private void extra(Peer peer, boolean helped) {
    Probe probe = new Probe(peer, Kind.EXTRA, ctx.now);
    ping(probe);
    if (helped) {
      askHelpers(probe);
    }
    probe.end = ctx.after(ctx.config.probing().interval(), probe.end());
  }

  /** The last direct and indirect attempt before a suspect is failed. */
  void lastWords(Peer peer) {
    extra(peer, true);
  }

  /** Pings out of turn: to let a suspect know what is thought of it, and to hear of the lost. */
  void nudge(Peer peer) {
    peer.nudged = ctx.now;
    extra(peer, false);
  }

  /** Forgets what is under way: after a standstill nobody is to blame. */
  void reset() {
    open.clear();
  }

  int open() {
    return open.size();
  }

  /** An answer came; whether it was one to this node's own probe. */
  boolean acked(SwimMessage.Ack ack, InetSocketAddress source) {
    Probe probe = open.get(ack.number());
    if (probe == null) {
      return false;
    }
    if (ack.responder().equals(ack.from())) {
      ctx.endpoints.answered(source, ack.responder());
    }
    if (ack.responder().equals(probe.peer.id)) {
      open.remove(ack.number());
      probe.answered();
      if (probe.kind != Kind.EXTRA) {
        ctx.health.better();
      }
      ctx.suspects.answered(probe.peer);
      boolean firstHand = ack.from().equals(probe.peer.id);
      if (firstHand && probe.began >= probe.peer.since()) {
        ctx.ledger.acquit(probe.peer);
      }
    }
    return true;
  }

  void nacked(long number) {
    Probe probe = open.get(number);
    if (probe != null && probe.nacks < probe.helpers) {
      probe.nacks++;
    }
  }
}
