package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.SignedHead;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a simulator of thousands asks of an engine: a view per node would be millions of members.
 */
public final class Glimpse {
  private Glimpse() {}

  private static @Nullable Peer peer(Engine engine, NodeId id) {
    Peer peer = engine.ctx.peers.get(id);
    return peer == null || peer.hidden() ? null : peer;
  }

  /** The state the engine's view would show of a member, or null. */
  public static @Nullable MemberState state(Engine engine, NodeId id) {
    Peer peer = peer(engine, id);
    return peer == null ? null : peer.state();
  }

  /** Whether the view would show a member as its own engine does. */
  public static boolean agrees(Engine engine, Engine owner) {
    Peer own = owner.ctx.peers.self();
    Peer peer = peer(engine, own.id);
    return peer != null && peer.head().equals(own.head()) && peer.payload().equals(own.payload());
  }

  /** Every member that the view would show. */
  public static void members(Engine engine, Consumer<NodeId> consumer) {
    for (Peer peer : engine.ctx.peers.all()) {
      if (!peer.hidden()) {
        consumer.accept(peer.id);
      }
    }
  }

  /** How many members and tombstones it holds. */
  public static int size(Engine engine) {
    return engine.ctx.peers.size();
  }

  /** Whether it believes that nobody else is alive. */
  public static boolean lonely(Engine engine) {
    return engine.ctx.peers.live().stream().noneMatch(p -> p.state() == MemberState.ALIVE);
  }

  /** Has the engine hold the same objects as the others for the same record: saves gigabytes. */
  @SuppressWarnings("ReferenceEquality") // the very objects are meant
  public static void share(
      Engine engine, NodeId id, Map<SignedHead, SignedHead> heads, Map<Bytes, Bytes> payloads) {
    Peer peer = engine.ctx.peers.get(id);
    if (peer == null || peer == engine.ctx.peers.self()) {
      return;
    }
    SignedHead head = heads.computeIfAbsent(peer.head(), h -> h);
    Bytes payload = payloads.computeIfAbsent(peer.payload(), p -> p);
    if (head != peer.head() || payload != peer.payload()) {
      Belief claim = new Belief(head, peer.standing());
      engine.ctx.peers.change(peer, () -> peer.set(claim, payload, peer.since()));
    }
  }
}
