package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Shared by the parts of one engine: the time of the step, its effects, timers and members. */
final class Context {
  final SwimConfig config;
  final Signer signer;
  final Verifier verifier;
  final RandomGenerator random;
  final Timers timers = new Timers();
  final Tally tally = new Tally();
  final PeerIndex peers;

  /** Nodes whose records are not taken. */
  Set<NodeId> banned = Set.of();

  /** Engine time of this step in nanoseconds: 0 at the first. */
  long now;

  /** Offset from engine time to the owner's clock. */
  long origin;

  private List<Effect> effects = new ArrayList<>();

  Context(SwimConfig config, Signer signer, Verifier verifier, Peer self, RandomGenerator random) {
    this.config = config;
    this.signer = signer;
    this.verifier = verifier;
    this.random = random;
    this.peers = new PeerIndex(self, random);
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
    return (long) (duration.toNanos() * SwimConfig.scale(peers.count()));
  }

  /** Sends a message as it is, without piggyback; nothing is sent to this node itself. */
  void sendBare(InetSocketAddress to, SwimMessage message) {
    if (to.equals(peers.self().head().endpoint())) {
      return;
    }
    Bytes datagram = Codec.encode(message);
    tally.sent++;
    tally.sentBytes += datagram.length();
    effects.add(new Effect.Send(to, datagram));
  }
}
