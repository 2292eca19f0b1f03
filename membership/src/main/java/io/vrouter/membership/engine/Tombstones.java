package io.vrouter.membership.engine;

import io.vrouter.membership.MembershipEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Drops members that left, were replaced or forgotten. In the first half of its life a tombstone is
 * sent to others; in the second half it only blocks old records here. So a node that drops it late
 * does not teach it again to one that dropped it early.
 */
final class Tombstones {
  private static final Duration SWEEP = Duration.ofMinutes(1);

  private Tombstones() {}

  static void start(Context ctx) {
    ctx.after(SWEEP, () -> sweep(ctx));
  }

  private static void sweep(Context ctx) {
    long life = ctx.config.bounds().tombstone().toNanos();
    List<Peer> expired = new ArrayList<>();
    for (Peer peer : ctx.peers.all()) {
      boolean tombstone = peer != ctx.peers.self() && !peer.live() && !peer.lost();
      if (tombstone && ctx.now - peer.since() > life) {
        expired.add(peer);
      } else if (tombstone && ctx.now - peer.since() > life / 2) {
        ctx.peers.rehash(peer, false);
      }
    }
    for (Peer peer : expired) {
      ctx.peers.remove(peer);
      if (!peer.hidden()) {
        ctx.emit(new MembershipEvent.Forgotten(peer.id, "its tombstone expired"));
      }
    }
    ctx.after(SWEEP, () -> sweep(ctx));
  }
}
