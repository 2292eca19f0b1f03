package io.vrouter.membership.engine;

import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sends the signed intent to some members until enough have acknowledged, for at most 2 s. */
final class Departure {
  private static final long PATIENCE = Duration.ofSeconds(2).toNanos();

  private final Context ctx;
  private final OwnRecord own;
  private final Broadcasts broadcasts;
  private final Map<Long, Peer> told = new HashMap<>();
  private final Set<Peer> acknowledged = new HashSet<>();
  private boolean begun;
  private boolean done;
  private long begin;

  Departure(Context ctx, OwnRecord own, Broadcasts broadcasts) {
    this.ctx = ctx;
    this.own = own;
    this.broadcasts = broadcasts;
  }

  boolean done() {
    return done;
  }

  void begin(Intent intent) {
    if (!begun) {
      begun = true;
      begin = ctx.now;
      own.depart(intent);
      tell();
    }
  }

  private void tell() {
    if (done) {
      return;
    }
    int enough = Math.min(ctx.config.bounds().leaveAcks(), ctx.peers.live().size());
    if (acknowledged.size() >= enough || ctx.now - begin >= PATIENCE) {
      done = true;
      ctx.effect(new Effect.LeaveDone());
      return;
    }
    List<News> farewell = List.of(Broadcasts.heard(ctx.peers.self(), false));
    for (Peer peer : ctx.peers.pick(ctx.config.gossip().announce(), null)) {
      if (!acknowledged.contains(peer)) {
        long number = ctx.random.nextLong();
        told.put(number, peer);
        broadcasts.send(
            peer.head().endpoint(),
            peer,
            farewell,
            new SwimMessage.Ping(ctx.self(), number, List.of()));
      }
    }
    ctx.after(ctx.config.probing().ackTimeout(), this::tell);
  }

  void acked(SwimMessage.Ack ack, InetSocketAddress source) {
    Peer peer = begun ? told.get(ack.number()) : null;
    if (peer == null || !source.equals(peer.head().endpoint())) {
      return;
    }
    told.remove(ack.number());
    boolean firstHand = ack.from().equals(ack.responder());
    if (firstHand && peer.id.equals(ack.responder()) && acknowledged.add(peer)) {
      ctx.after(0, this::check);
    }
  }

  private void check() {
    int enough = Math.min(ctx.config.bounds().leaveAcks(), ctx.peers.live().size());
    if (!done && acknowledged.size() >= enough) {
      done = true;
      ctx.effect(new Effect.LeaveDone());
    }
  }
}
