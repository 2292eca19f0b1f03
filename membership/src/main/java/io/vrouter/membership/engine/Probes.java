package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.AckProof;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The failure detector (SWIM, section 3.1): one member per interval in the order of {@link
 * ProbeOrder}; a direct ping, then a second one and indirect ones, then a third direct one.
 */
final class Probes {
  /** Receives the results of probes. */
  interface ProbeListener {
    /** Neither the pings nor the helpers got an answer. */
    void silent(Peer peer, String evidence);

    /**
     * A ping was answered.
     *
     * @param began when the probe began
     * @param firstHand whether the member itself answered, in its own name and from its recorded
     *     endpoint, without a helper
     */
    void answered(Peer peer, long began, boolean firstHand);

    /** This member itself answered a fresh ping, perhaps for another member, from this address. */
    void holds(InetSocketAddress endpoint, NodeId responder, long began);
  }

  private enum ProbeKind {
    /** In order: a failure accuses, except without any nack from the helpers. */
    ROUND,
    /** After a probe without any nack: a failure accuses. */
    SECOND,
    /** Out of order: an answer counts, a failure does not. */
    EXTRA
  }

  private final class Probe {
    final long number = ctx.random.nextLong();
    final Peer peer;
    final ProbeKind kind;
    final long began;
    final Set<Peer> helpers = new LinkedHashSet<>();
    final Set<Peer> nacked = new LinkedHashSet<>();

    /** Helpers that brought an answer without its proof; a check of a proof is costly. */
    final Set<NodeId> disproved = new HashSet<>();

    Timers.@Nullable Timer help;
    Timers.@Nullable Timer end;

    Probe(Peer peer, ProbeKind kind, long now) {
      this.peer = peer;
      this.kind = kind;
      this.began = now;
    }

    /** Not a lambda: creating a capturing lambda is slow under C1. */
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

    /** Whether this is one of the helpers, at the endpoint that the request was sent to. */
    boolean asked(NodeId helper, InetSocketAddress source) {
      Peer peer = ctx.peers.get(helper);
      return peer != null && helpers.contains(peer) && source.equals(peer.head().endpoint());
    }

    /** Whether an ack from a helper carries the target's own proof. A helper has one attempt. */
    boolean proven(SwimMessage.Ack ack) {
      boolean proven =
          ack.responder().equals(peer.id)
              && !disproved.contains(ack.from())
              && AckProof.proves(ack.proof(), peer.head(), ctx.verifier, ctx.self(), number);
      if (!proven) {
        disproved.add(ack.from());
      }
      return proven;
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

  /** Among more than a few members two probes are sent at once: one wake-up instead of two. */
  private static final int TOGETHER = 2;

  private final Context ctx;
  private final Broadcasts broadcasts;
  private final LocalHealth health;
  private final ProbeListener outcome;
  private final Map<Long, Probe> open = new HashMap<>();
  private final ProbeOrder order;
  private final Runnable round = this::round;

  Probes(Context ctx, Broadcasts broadcasts, LocalHealth health, ProbeListener outcome) {
    this.ctx = ctx;
    this.broadcasts = broadcasts;
    this.health = health;
    this.outcome = outcome;
    this.order = new ProbeOrder(ctx);
  }

  void start() {
    long interval = ctx.config.probing().interval().toNanos();
    ctx.after((long) (interval * ctx.random.nextDouble()), round);
  }

  private void round() {
    long interval = ctx.config.probing().interval().toNanos() * health.factor();
    Peer successor = order.successor();
    ctx.after(successor == null ? interval : TOGETHER * interval, round);
    if (successor != null) {
      probe(successor, interval);
    }
    Peer peer = order.next(successor);
    if (peer != null) {
      probe(peer, interval);
    }
  }

  private void probe(Peer peer, long interval) {
    probe(new Probe(peer, ProbeKind.ROUND, ctx.now), interval, health.factor());
  }

  private void probe(Probe probe, long interval, int factor) {
    ping(probe);
    long timeout = ctx.config.probing().ackTimeout().toNanos() * factor;
    probe.help = ctx.after(timeout, probe.help());
    probe.end = ctx.after(interval, probe.end());
  }

  void joined(Peer peer) {
    order.joined(peer);
  }

  /** Probes a suspect now, to confirm or clear it. */
  void soon(Peer peer) {
    probe(peer, ctx.config.probing().interval().toNanos() * health.factor());
  }

  private void ping(Probe probe) {
    open.put(probe.number, probe);
    sendPing(probe);
  }

  private void sendPing(Probe probe) {
    probe.peer.tries += probe.peer.proven ? 0 : 1;
    broadcasts.send(
        probe.peer.head().endpoint(),
        probe.peer,
        List.of(),
        new SwimMessage.Ping(ctx.self(), probe.number, List.of()));
  }

  private void askHelpers(Probe probe) {
    if (open.get(probe.number) != probe) {
      return;
    }
    sendPing(probe); // the first ping may just be lost
    SwimConfig.Probing config = ctx.config.probing();
    long left = config.interval().minus(config.ackTimeout()).toNanos() * health.factor();
    probe.help = ctx.after(left / 2, probe.again());
    for (Peer helper : ctx.peers.pick(ctx.config.probing().indirect(), probe.peer)) {
      probe.helpers.add(helper);
      broadcasts.send(
          helper.head().endpoint(),
          helper,
          doubts(probe.peer),
          new SwimMessage.PingReq(
              ctx.self(), probe.number, probe.peer.head().endpoint(), List.of()));
    }
  }

  /** The rumour a helper passes to the target, so that it refutes. */
  private List<News> doubts(Peer peer) {
    return peer.standing() == Standing.ALIVE ? List.of() : List.of(peer.rumor(ctx.self()));
  }

  private void conclude(Probe probe) {
    if (!open.remove(probe.number, probe) || probe.kind == ProbeKind.EXTRA) {
      return;
    }
    if (probe.kind == ProbeKind.ROUND && !probe.helpers.isEmpty() && probe.nacked.isEmpty()) {
      // No ack and no nack: that may be this node's fault, so it probes once more, with the
      // timeouts from before its local health got worse.
      int factor = health.factor();
      probe(
          new Probe(probe.peer, ProbeKind.SECOND, ctx.now),
          ctx.config.probing().interval().toNanos() * factor,
          factor);
      health.worse(probe.helpers.size());
      return;
    }
    int helpers = probe.helpers.size();
    health.worse(helpers == 0 ? 1 : helpers - probe.nacked.size());
    outcome.silent(probe.peer, "no answer to a ping, nor to " + helpers + " helpers");
  }

  private void extra(Peer peer, boolean helped) {
    Probe probe = new Probe(peer, ProbeKind.EXTRA, ctx.now);
    ping(probe);
    if (helped) {
      askHelpers(probe);
    }
    probe.end = ctx.after(ctx.config.probing().interval(), probe.end());
  }

  /** The last direct and indirect probe before a suspect is failed. */
  void finalProbe(Peer peer) {
    extra(peer, true);
  }

  /** Pings out of order: a suspect, which receives the rumour about it so, or a lost member. */
  void nudge(Peer peer) {
    peer.nudged = ctx.now;
    extra(peer, false);
  }

  boolean nudgedLately(Peer peer) {
    return ctx.now - peer.nudged <= ctx.config.gossip().interval().toNanos();
  }

  /** A member that is given up sends to this node: pings it, at most once per gossip interval. */
  void heardFromLost(Peer peer) {
    if (!nudgedLately(peer)) {
      nudge(peer);
    } else if (!peer.nudgeWaits) {
      // That ping may have been lost in a partition that has healed since.
      peer.nudgeWaits = true;
      long interval = ctx.config.gossip().interval().toNanos();
      ctx.timers.at(peer.nudged + interval + 1, () -> nudgeAgain(peer));
    }
  }

  private void nudgeAgain(Peer peer) {
    peer.nudgeWaits = false;
    if (peer.acquittable()) {
      heardFromLost(peer);
    }
  }

  /** Probes a member that is rumoured to restart, at most once per gossip interval. */
  void check(Peer peer) {
    if (!nudgedLately(peer)) {
      peer.nudged = ctx.now;
      soon(peer);
    }
  }

  /** Drops the open probes: after a standstill of this process their failure means nothing. */
  void reset() {
    open.clear();
  }

  int open() {
    return open.size();
  }

  /**
   * Takes an ack; whether its number is that of a probe of this node. It counts only from the
   * endpoint that the target's record names, or from a requested helper with the target's proof.
   */
  boolean acked(SwimMessage.Ack ack, InetSocketAddress source) {
    Probe probe = open.get(ack.number());
    if (probe == null) {
      return false;
    }
    boolean firstHand = ack.firstHand();
    boolean counts =
        firstHand
            ? source.equals(probe.peer.head().endpoint())
            : probe.asked(ack.from(), source) && probe.proven(ack);
    if (!counts) {
      ctx.tally.unfounded++;
      return true;
    }
    if (firstHand) {
      outcome.holds(source, ack.responder(), probe.began);
    }
    if (ack.responder().equals(probe.peer.id)) {
      open.remove(ack.number());
      probe.answered();
      if (probe.kind != ProbeKind.EXTRA) {
        health.better();
      }
      outcome.answered(probe.peer, probe.began, firstHand);
    }
    return true;
  }

  /** Takes a nack; it counts once for each requested helper. */
  void nacked(SwimMessage.Nack nack, InetSocketAddress source) {
    Probe probe = open.get(nack.number());
    Peer helper = ctx.peers.get(nack.from());
    if (probe != null && helper != null && probe.asked(nack.from(), source)) {
      probe.nacked.add(helper);
    }
  }
}
