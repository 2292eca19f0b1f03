package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Drops members that left, were replaced or forgotten. In the first half of its life a tombstone is
 * sent to others; in the second half it only blocks old records here. So a node that drops it late
 * does not send it again to one that dropped it early. The same holds for failed members that never
 * sent anything to this node: a live one comes back by itself.
 *
 * <p>A few of those that did not sign a leave are pinged each minute: no other mechanism finds a
 * member that was forgotten on both sides of a partition.
 */
final class Tombstones {
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** Tombstones pinged per sweep, in turn. */
  private static final int ASKED = 8;

  private final Context ctx;
  private final Probes probes;
  private int cursor;

  Tombstones(Context ctx, Probes probes) {
    this.ctx = ctx;
    this.probes = probes;
  }

  void start() {
    ctx.after(SWEEP, this::sweep);
  }

  private void sweep() {
    long life = ctx.config.bounds().tombstone().toNanos();
    long stranger = ctx.config.bounds().stranger().toNanos();
    List<Peer> expired = new ArrayList<>();
    List<Peer> silent = new ArrayList<>();
    for (Peer peer : ctx.peers.all()) {
      boolean tombstone = peer != ctx.peers.self() && !peer.live() && !peer.lost();
      boolean failed = peer.state() == MemberState.FAILED;
      long gone = ctx.now - peer.since();
      if ((tombstone && gone > life) || (failed && !peer.proven && gone > stranger)) {
        expired.add(peer);
      } else if (failed && gone > stranger / 2) {
        ctx.peers.rehash(peer, false);
      } else if (tombstone) {
        if (gone > life / 2) {
          ctx.peers.rehash(peer, false);
        }
        if (peer.acquittable()) {
          silent.add(peer);
        }
      }
    }
    for (Peer peer : expired) {
      ctx.peers.remove(peer);
      if (!peer.hidden()) {
        ctx.emit(
            new MembershipEvent.Forgotten(
                peer.id, peer.lost() ? "it never answered here" : "its tombstone expired"));
      }
    }
    for (int i = 0; i < Math.min(ASKED, silent.size()); i++) {
      cursor = (cursor + 1) % silent.size();
      probes.nudge(silent.get(cursor));
    }
    ctx.after(SWEEP, this::sweep);
  }
}
