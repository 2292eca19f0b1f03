package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SwimMessage;
import io.vrouter.membership.wire.WireException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node's membership: SWIM, Lifeguard and anti-entropy. Not thread-safe: one thread owns it.
 *
 * <p>The owner feeds a {@link Input.Tick} first, which starts the engine's clock, then every input
 * as it comes and a tick whenever {@link #deadline} has passed, and carries out the effects.
 */
public final class Engine {
  final Context ctx;
  private final Departure departure;
  private boolean started;

  /**
   * Creates a node that has not said a word yet.
   *
   * @param self where others reach this node; resolved
   * @param incarnation boot count &lt;&lt; 32; the host persists the count before the first step
   * @param bootNonce random per boot
   * @param payload at most {@code MemberRecord.MAX_PAYLOAD} bytes
   * @throws IllegalArgumentException when the payload is too long or the address unresolved
   */
  public Engine(
      SwimConfig config,
      Signer signer,
      Verifier verifier,
      InetSocketAddress self,
      long incarnation,
      long bootNonce,
      Bytes payload,
      RandomGenerator random) {
    ctx = new Context(config, signer, verifier, self, incarnation, bootNonce, payload, random);
    departure = new Departure(ctx);
  }

  /**
   * Takes one input.
   *
   * @param now monotonic nanoseconds ({@code System.nanoTime}); one that goes back counts as
   *     standing still
   * @return what to do, in order
   */
  public List<Effect> step(Input input, long now) {
    if (departure.done() || ctx.own.frozen()) {
      return List.of();
    }
    if (!started) {
      start(now);
    }
    long time = Math.max(ctx.now, now - ctx.origin);
    boolean paused = time - Math.max(ctx.now, ctx.timers.next()) > pause();
    ctx.now = time;
    if (paused) {
      wake();
    }
    take(input);
    ctx.timers.run(time);
    return ctx.drain();
  }

  private void start(long now) {
    started = true;
    ctx.origin = now;
    ctx.roster.changed();
    ctx.emit(
        new MembershipEvent.Transition(
            ctx.self(),
            null,
            ctx.roster.self().state(),
            ctx.roster.self().record(),
            "this node started"));
    ctx.probes.start();
    ctx.exchange.start();
    Tombstones.start(ctx);
  }

  private long pause() {
    return ctx.config.healing().pause().toNanos();
  }

  /** This process stood still: it refutes before it accuses, and probes afresh. */
  private void wake() {
    ctx.tally.pauses++;
    ctx.health.worse(1);
    ctx.probes.reset();
    ctx.suspects.restart();
    if (!ctx.roster.live().isEmpty() && !ctx.own.leaving()) {
      ctx.own.refute();
    }
    for (Peer peer : ctx.roster.pick(ctx.config.gossip().fanout(), null)) {
      ctx.probes.nudge(peer);
    }
  }

  private void take(Input input) {
    if (input instanceof Input.Datagram datagram) {
      take(datagram);
    } else if (input instanceof Input.Publish publish) {
      if (publish.payload().length() > MemberRecord.MAX_PAYLOAD) {
        throw new IllegalArgumentException(
            "a payload has at most %d bytes, this has %d"
                .formatted(MemberRecord.MAX_PAYLOAD, publish.payload().length()));
      }
      ctx.own.publish(publish.payload());
    } else if (input instanceof Input.Discovered discovered) {
      ctx.retry.discovered(discovered.addresses());
    } else if (input instanceof Input.Leave leave) {
      if (leave.intent() == MemberRecord.Intent.STAY) {
        throw new IllegalArgumentException("to leave, the intent is RESTART or LEAVE, not STAY");
      }
      departure.begin(leave.intent());
    } else if (input instanceof Input.LinkUp) {
      ctx.retry.linkUp();
    } else if (input instanceof Input.LinkDown) {
      ctx.retry.linkDown();
    } else if (input instanceof Input.Forget forget) {
      Peer peer = ctx.roster.get(forget.id());
      if (peer != null) {
        ctx.ledger.forget(peer, "an operator asked for it");
      }
    } else if (input instanceof Input.DataPathAnswer answer) {
      ctx.dataPath.answer(answer.id(), answer.probe(), answer.answer());
    }
  }

  private void take(Input.Datagram datagram) {
    ctx.tally.received++;
    SwimMessage message;
    try {
      message = Codec.decode(datagram.bytes(), ctx.roster);
    } catch (WireException e) {
      ctx.tally.malformed++;
      return;
    }
    InetSocketAddress from = datagram.from();
    ctx.mustAnswerWithSelf = false;
    for (News news : message.news()) {
      if (news instanceof News.Heard heard) {
        ctx.ledger.heard(heard, from);
      } else if (news instanceof News.Rumor rumor) {
        ctx.ledger.rumor(rumor);
      }
    }
    if (ctx.own.frozen() || message.from().equals(ctx.self())) {
      return;
    }
    Peer peer = ctx.roster.get(message.from());
    if (peer == null) {
      ctx.pulls.wantRecord(message.from(), from);
    }
    answer(message, from, peer);
    if (peer != null && peer.lost()) {
      nudge(peer);
    }
    if (peer != null && !from.equals(peer.head().endpoint())) {
      redirect(peer, from);
    }
  }

  /** Its id is used at another address than its newest record names: a clone must get to know. */
  private void redirect(Peer peer, InetSocketAddress from) {
    if (ctx.now - peer.redirected > ctx.config.gossip().interval().toNanos()) {
      peer.redirected = ctx.now;
      List<News> news = List.of(Broadcasts.heard(peer, false));
      ctx.sendBare(from, new SwimMessage.Gossip(ctx.self(), news));
    }
  }

  /** A member thought gone speaks: it shall know, and refute. */
  private void nudge(Peer peer) {
    long interval = ctx.config.gossip().interval().toNanos();
    if (ctx.now - peer.nudged > interval) {
      ctx.probes.nudge(peer);
    } else if (!peer.nudgeWaits) {
      // It was asked a moment ago, perhaps in vain: a cut may have healed just now.
      peer.nudgeWaits = true;
      ctx.timers.at(peer.nudged + interval + 1, () -> nudgeAgain(peer));
    }
  }

  private void nudgeAgain(Peer peer) {
    peer.nudgeWaits = false;
    if (peer.lost()) {
      nudge(peer);
    }
  }

  private void answer(SwimMessage message, InetSocketAddress from, @Nullable Peer peer) {
    if (message instanceof SwimMessage.Ping ping) {
      ctx.send(
          from,
          peer,
          selfIfNeeded(peer),
          new SwimMessage.Ack(ctx.self(), ping.number(), ctx.self(), List.of()));
    } else if (message instanceof SwimMessage.PingReq request) {
      ctx.relays.asked(request, from);
    } else if (message instanceof SwimMessage.Ack ack) {
      departure.acked(ack);
      if (!ctx.probes.acked(ack, from)) {
        ctx.relays.acked(ack);
      }
    } else if (message instanceof SwimMessage.Nack nack) {
      ctx.probes.nacked(nack.number());
    } else if (message instanceof SwimMessage.Digest digest) {
      ctx.exchange.digest(digest, from);
    } else if (message instanceof SwimMessage.Detail detail) {
      ctx.exchange.detail(detail, from);
    } else if (message instanceof SwimMessage.Pull pull) {
      ctx.pulls.serve(pull, from);
    } else if (message instanceof SwimMessage.ChunkRequest request) {
      ctx.pulls.serve(request, from);
    } else if (message instanceof SwimMessage.Chunk chunk) {
      ctx.pulls.chunk(chunk);
    }
  }

  private List<News> selfIfNeeded(@Nullable Peer peer) {
    boolean needed = ctx.mustAnswerWithSelf || peer == null;
    return needed ? List.of(Broadcasts.heard(ctx.roster.self(), peer == null)) : List.of();
  }

  /**
   * When the next {@link Input.Tick} is wanted, on the clock of {@link #step}; compare by
   * subtraction. Years away once the engine takes no more part.
   */
  public long deadline() {
    if (departure.done() || ctx.own.frozen()) {
      return ctx.origin + Long.MAX_VALUE / 4;
    }
    return ctx.origin + ctx.timers.next();
  }

  /** The newest snapshot: built when something changed since the last call, else the same one. */
  public MembershipView view() {
    return ctx.roster.view(ctx.pulls.idle() && ctx.exchange.settled(), ctx.origin);
  }

  /** What was counted so far. */
  public Counters counters() {
    return ctx.tally.counters(ctx.health.score());
  }

  /** Everything held besides the members: timers, open probes, relays, pulls, addresses, news. */
  public int held() {
    return ctx.timers.size()
        + ctx.probes.open()
        + ctx.relays.open()
        + ctx.pulls.open()
        + ctx.retry.size()
        + ctx.gossip.size();
  }
}
