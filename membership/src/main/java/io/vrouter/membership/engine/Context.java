package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the parts of one engine share: the time of the step, its effects, and each other. */
final class Context {
  final SwimConfig config;
  final Signer signer;
  final Verifier verifier;
  final RandomGenerator random;
  final Timers timers = new Timers();
  final Tally tally = new Tally();
  final PeerIndex roster;
  final OwnRecord own;
  final Broadcasts gossip;
  final PeerStates ledger;
  final LocalHealth health;
  final Suspicions suspects;
  final Probes probes;
  final Relays relays;
  final DataPathChecks dataPath;
  final Pulls pulls;
  final PushPull exchange;
  final Endpoints endpoints;
  final Retry retry;

  /** Engine time of this step in nanoseconds: 0 at the first. */
  long now;

  /** What to add to engine time for the owner's clock. */
  long origin;

  /** Whether the message being handled showed that its sender has to hear this node's record. */
  boolean mustAnswerWithSelf;

  private List<Effect> effects = new ArrayList<>();

  Context(
      SwimConfig config,
      Signer signer,
      Verifier verifier,
      InetSocketAddress endpoint,
      long incarnation,
      long bootNonce,
      Bytes payload,
      RandomGenerator random) {
    this.config = config;
    this.signer = signer;
    this.verifier = verifier;
    this.random = random;
    this.own = new OwnRecord(this, incarnation, bootNonce, endpoint);
    this.roster = new PeerIndex(own.first(payload), random);
    this.gossip = new Broadcasts(this);
    this.ledger = new PeerStates(this);
    this.health = new LocalHealth(this);
    this.suspects = new Suspicions(this);
    this.probes = new Probes(this);
    this.relays = new Relays(this);
    this.dataPath = new DataPathChecks(this);
    this.pulls = new Pulls(this);
    this.exchange = new PushPull(this);
    this.endpoints = new Endpoints(this);
    this.retry = new Retry(this);
  }

  NodeId self() {
    return signer.id();
  }

  void effect(Effect effect) {
    effects.add(effect);
  }

  void emit(MembershipEvent event) {
    effects.add(new Effect.Emit(event));
  }

  List<Effect> drain() {
    if (effects.isEmpty()) {
      return List.of();
    }
    List<Effect> drained = effects;
    effects = new ArrayList<>();
    return drained;
  }

  Timers.Timer after(long nanos, Runnable action) {
    return timers.at(now + nanos, action);
  }

  Timers.Timer after(Duration delay, Runnable action) {
    return after(delay.toNanos(), action);
  }

  /** A duration stretched by {@link SwimConfig#scale} for the present size. */
  long scaled(Duration duration) {
    return (long) (duration.toNanos() * SwimConfig.scale(roster.count()));
  }

  /**
   * Sends a message, filled up with news.
   *
   * @param to where; nothing is sent to this node itself
   * @param whom who is there, if known: news about it go first
   * @param first news that must go along
   * @param bare the message without news
   */
  void send(InetSocketAddress to, @Nullable Peer whom, List<News> first, SwimMessage bare) {
    List<News> news = gossip.fill(whom, first, Codec.MAX_DATAGRAM - Codec.bareLength(bare));
    sendBare(to, news.isEmpty() ? bare : bare.with(news));
  }

  /** Sends a message just as it is. */
  void sendBare(InetSocketAddress to, SwimMessage message) {
    if (to.equals(roster.self().head().endpoint())) {
      return;
    }
    Bytes datagram = Codec.encode(message);
    tally.sent++;
    tally.sentBytes += datagram.length();
    effects.add(new Effect.Send(to, datagram));
  }
}
