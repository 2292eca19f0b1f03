package io.vrouter.membership.engine;

import io.vrouter.membership.wire.Message;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
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
 * ping, then another together with indirect ones.
 */
final class Probes {
  private enum Kind {
    /** In turn: its failure accuses. */
    ROUND,
    /** Out of turn: its answer helps, its failure says nothing. */
    EXTRA
  }

  private static final class Probe {
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
   * Among more, every second probe goes to one of so many wards: the next members in the circle of
   * ids. Each member so has guards who look after it by turns, which cuts off the long tail of the
   * time until somebody happens to probe it.
   */
  private static final int WARDS = 2;

  private final Context ctx;
  private final Map<Long, Probe> open = new HashMap<>();
  private final List<Peer> turn = new ArrayList<>();
  private List<Peer> wards = List.of();
  private long wardsOf = -1;
  private long rounds;

  Probes(Context ctx) {
    this.ctx = ctx;
  }

  void start() {
    long interval = ctx.config.probing().interval().toNanos();
    ctx.after((long) (interval * ctx.random.nextDouble()), this::round);
  }

  private void round() {
    long interval = ctx.config.probing().interval().toNanos() * ctx.health.factor();
    ctx.after(interval, this::round);
    Peer peer = next();
    if (peer != null) {
      probe(peer, interval);
    }
  }

  private void probe(Peer peer, long interval) {
    long timeout = ctx.config.probing().ackTimeout().toNanos() * ctx.health.factor();
    Probe probe = new Probe(peer, Kind.ROUND, ctx.now);
    long number = ping(probe);
    probe.help = ctx.after(timeout, () -> askHelpers(number, probe));
    probe.end = ctx.after(interval, () -> conclude(number, probe));
  }

  private @Nullable Peer next() {
    rounds++;
    if (ctx.roster.live().size() > FEW && rounds % 2 == 0) {
      return wards().get((int) (rounds / 2 % WARDS));
    }
    return inTurn();
  }

  private List<Peer> wards() {
    if (wardsOf != ctx.roster.arrivals()) {
      wardsOf = ctx.roster.arrivals();
      wards = ctx.roster.following(WARDS);
    }
    return wards;
  }

  private @Nullable Peer inTurn() {
    for (int attempt = 0; attempt < 2; attempt++) {
      while (!turn.isEmpty()) {
        Peer peer = turn.remove(turn.size() - 1);
        if (peer.live()) {
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

  private long ping(Probe probe) {
    long number = ctx.random.nextLong();
    open.put(number, probe);
    sendPing(number, probe.peer);
    return number;
  }

  private void sendPing(long number, Peer peer) {
    ctx.send(
        peer.head().endpoint(),
        peer,
        List.of(),
        news -> new Message.Ping(ctx.self(), number, news));
  }

  private void askHelpers(long number, Probe probe) {
    if (open.get(number) != probe) {
      return;
    }
    sendPing(number, probe.peer); // its first may just have been lost
    for (Peer helper : ctx.roster.pick(ctx.config.probing().indirect(), probe.peer)) {
      probe.helpers++;
      ctx.send(
          helper.head().endpoint(),
          helper,
          doubts(probe.peer),
          news -> new Message.PingReq(ctx.self(), number, probe.peer.head().endpoint(), news));
    }
  }

  /** A helper tells the target what is thought of it here. */
  private List<News> doubts(Peer peer) {
    return peer.standing() == Standing.ALIVE ? List.of() : List.of(peer.rumor(ctx.self()));
  }

  private void conclude(long number, Probe probe) {
    if (!open.remove(number, probe) || probe.kind != Kind.ROUND) {
      return;
    }
    ctx.health.worse(probe.helpers == 0 ? 1 : probe.helpers - probe.nacks);
    ctx.suspects.accuse(
        probe.peer, ctx.self(), false, "no answer to a ping, nor to " + probe.helpers + " helpers");
    ctx.dataPath.ask(probe.peer);
  }

  private void extra(Peer peer, boolean helped) {
    Probe probe = new Probe(peer, Kind.EXTRA, ctx.now);
    long number = ping(probe);
    if (helped) {
      askHelpers(number, probe);
    }
    probe.end = ctx.after(ctx.config.probing().interval(), () -> conclude(number, probe));
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
  boolean acked(Message.Ack ack, InetSocketAddress source) {
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
      if (probe.kind == Kind.ROUND) {
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
