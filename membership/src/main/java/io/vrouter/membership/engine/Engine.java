package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One node's membership: SWIM, Lifeguard and push/pull. Not thread-safe: one thread owns it.
 *
 * <p>The owner feeds a {@link Input.Tick} first, which starts the engine's clock, then every input
 * as it arrives and a tick when {@link #deadline} has passed, and carries out the effects.
 */
public final class Engine {
  final Context ctx;
  private final Broadcasts broadcasts;
  private final LocalHealth health;
  private final OwnRecord own;
  private final Departure departure;
  private final PeerStates states;
  private final Probes probes;
  private final Relays relays;
  private final Endpoints endpoints;
  private final OtherBoots otherBoots;
  private final DataPathChecks dataPath;
  private final Suspicions suspicions;
  private final FirstExchange first;
  private final Pulls pulls;
  private final IncomingNews incoming;
  private final PushPull pushPull;
  private final Retry retry;
  private final Inbox inbox;
  private boolean started;

  /**
   * Creates a node that has sent nothing yet.
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
    SignedHead head =
        SignedHead.sign(signer, incarnation, 0, bootNonce, self, Intent.STAY, payload);
    Peer own = new Peer(head.id(), new Belief(head, Standing.ALIVE), payload, 0);
    this.ctx = new Context(config, signer, verifier, own, random);
    this.broadcasts = new Broadcasts(ctx);
    this.health = new LocalHealth(ctx);
    this.own = new OwnRecord(ctx, broadcasts, health);
    this.departure = new Departure(ctx, this.own, broadcasts);
    this.states = new PeerStates(ctx, broadcasts, this::changed);
    this.probes = new Probes(ctx, broadcasts, health, new Probed());
    this.relays = new Relays(ctx, broadcasts);
    this.endpoints = new Endpoints(ctx, states, probes);
    this.otherBoots = new OtherBoots(ctx, probes);
    this.dataPath = new DataPathChecks(ctx, states, probes);
    this.suspicions = new Suspicions(ctx, broadcasts, states, probes, dataPath);
    this.first = new FirstExchange(ctx, this.own);
    this.pulls = new Pulls(ctx, first);
    this.incoming =
        new IncomingNews(
            ctx,
            this.own,
            broadcasts,
            states,
            pulls,
            probes,
            endpoints,
            otherBoots,
            suspicions,
            dataPath);
    this.pushPull = new PushPull(ctx, this.own, broadcasts, first, pulls, incoming);
    this.retry = new Retry(ctx, first, pushPull, probes);
    this.inbox =
        new Inbox(ctx, this.own, departure, broadcasts, probes, relays, pulls, incoming, pushPull);
  }

  /** Hands a change to the parts it concerns, always in this order. */
  private void changed(Change change) {
    Peer peer = change.peer();
    if (change.left(MemberState.SUSPECT)) {
      suspicions.ended(peer);
    }
    if (change.before() != change.after()) {
      DataPathChecks.changed(peer);
    }
    if (change.entered(MemberState.RESTARTING)) {
      retry.kick();
      dataPath.watch(peer);
    } else if (change.entered(MemberState.FAILED)) {
      ctx.tally.failures++;
      retry.kick();
    } else if (change.entered(MemberState.ALIVE)) {
      probes.joined(peer);
    }
    if (change.returned()) {
      pushPull.healed(peer);
    }
    if (change.renewed()) {
      endpoints.moved(peer);
    }
  }

  /** Hands the end of a probe to the parts it concerns. */
  private final class Probed implements Probes.ProbeListener {
    @Override
    public void silent(Peer peer, String evidence) {
      suspicions.accuse(peer, ctx.self(), false, evidence);
      dataPath.ask(peer);
    }

    @Override
    public void holds(InetSocketAddress endpoint, NodeId responder, long began) {
      endpoints.answered(endpoint, responder, began);
    }

    @Override
    public void answered(Peer peer, long began, boolean firstHand) {
      suspicions.answered(peer);
      if (firstHand) {
        otherBoots.answered(peer, began);
      }
      if (firstHand && began >= peer.since() && endpoints.mayReturn(peer)) {
        boolean lost = peer.lost();
        if (states.acquit(peer) && lost) {
          retry.found();
        }
      }
    }
  }

  /**
   * Adds members of the last run, before the first step. Each is {@code RESTARTING} here until news
   * about it arrive, its kernel does not answer on the data path, or the grace period ends; nothing
   * is advertised to other nodes.
   *
   * @param records authentic
   */
  public void adopt(Collection<MemberRecord> records) {
    if (started) {
      throw new IllegalStateException("members are adopted before the first step");
    }
    for (MemberRecord record : records) {
      boolean room = ctx.peers.size() < ctx.config.bounds().members();
      if (room && record.intent() != Intent.LEAVE && ctx.peers.get(record.id()) == null) {
        states.adopt(SignedHead.of(record), record.payload());
      }
    }
  }

  /**
   * Takes one input.
   *
   * @param now monotonic nanoseconds ({@code System.nanoTime}); one that goes back counts as
   *     standing still
   * @return the effects to carry out, in order
   */
  public List<Effect> step(Input input, long now) {
    if (departure.done()) {
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
    first.step(pulls.idle());
    return ctx.drain();
  }

  private void start(long now) {
    started = true;
    ctx.origin = now;
    ctx.peers.changed();
    ctx.emit(
        new MembershipEvent.Transition(
            ctx.self(),
            null,
            ctx.peers.self().state(),
            ctx.peers.self().record(),
            "this node started"));
    probes.start();
    pushPull.start();
    new Tombstones(ctx, probes).start();
  }

  private long pause() {
    return ctx.config.healing().pause().toNanos();
  }

  /** This process stood still: refute before accusing, and drop the open probes. */
  private void wake() {
    ctx.tally.pauses++;
    health.worse(1);
    probes.reset();
    suspicions.restart();
    if (!ctx.peers.live().isEmpty() && !own.leaving()) {
      own.refute();
    }
    for (Peer peer : ctx.peers.pick(ctx.config.gossip().fanout(), null)) {
      probes.nudge(peer);
    }
  }

  /**
   * Takes an input. In a datagram, {@code from} is the id that the session is bound to; all other
   * names and claims ({@code by}, a responder, a standing) are unproven: a reason to probe and no
   * evidence.
   */
  private void take(Input input) {
    if (input instanceof Input.Datagram datagram) {
      inbox.take(datagram);
    } else if (input instanceof Input.Publish publish) {
      if (publish.payload().length() > MemberRecord.MAX_PAYLOAD) {
        throw new IllegalArgumentException(
            "a payload has at most %d bytes, this has %d"
                .formatted(MemberRecord.MAX_PAYLOAD, publish.payload().length()));
      }
      own.publish(publish.payload());
    } else if (input instanceof Input.Discovered discovered) {
      retry.discovered(discovered.addresses());
    } else if (input instanceof Input.Leave leave) {
      if (leave.intent() == MemberRecord.Intent.STAY) {
        throw new IllegalArgumentException("to leave, the intent is RESTART or LEAVE, not STAY");
      }
      departure.begin(leave.intent());
    } else if (input instanceof Input.LinkUp) {
      retry.linkUp();
    } else if (input instanceof Input.LinkDown) {
      retry.linkDown();
    } else if (input instanceof Input.Forget forget) {
      Peer peer = ctx.peers.get(forget.id());
      if (peer != null) {
        states.forget(peer, "an operator asked for it");
      }
    } else if (input instanceof Input.Ban ban) {
      ctx.banned = ban.ids();
      for (NodeId id : ban.ids()) {
        Peer peer = ctx.peers.get(id);
        if (peer != null) {
          states.ban(peer);
        }
      }
    } else if (input instanceof Input.DataPathAnswer answer) {
      Peer peer = dataPath.answer(answer.id(), answer.probe(), answer.answer());
      if (peer != null) {
        suspicions.dataPathKnown(peer);
      }
    } else if (!(input instanceof Input.Tick)) {
      throw new IllegalArgumentException("unknown input " + input);
    }
  }

  /**
   * When the next {@link Input.Tick} is due, on the clock of {@link #step}; compare by subtraction.
   * Years away once the engine has stopped.
   */
  public long deadline() {
    if (departure.done()) {
      return ctx.origin + Long.MAX_VALUE / 4;
    }
    return ctx.origin + ctx.timers.next();
  }

  /** The newest snapshot: built when something changed since the last call, else the same one. */
  public MembershipView view() {
    return ctx.peers.view(first.settled(), ctx.origin);
  }

  /** The counts up to now. */
  public Counters counters() {
    return ctx.tally.counters(health.score());
  }

  /** The number of objects held besides members: timers, probes, relays, pulls, addresses, news. */
  public int held() {
    return ctx.timers.size()
        + probes.open()
        + relays.open()
        + pulls.open()
        + retry.size()
        + broadcasts.size();
  }
}
