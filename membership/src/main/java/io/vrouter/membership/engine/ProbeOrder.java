package io.vrouter.membership.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Which member is probed next: every live one once a round (SWIM, section 4.3). */
final class ProbeOrder {
  /**
   * Up to 8 members keep one probe order: the longest wait is one round; reshuffling nearly doubles
   * it. With more members the many probers even that out, and reshuffling keeps a member from being
   * the last in every round.
   */
  private static final int FEW = 8;

  private final Context ctx;
  private final List<Peer> round = new ArrayList<>();

  ProbeOrder(Context ctx) {
    this.ctx = ctx;
  }

  /**
   * The live member next on the ring of ids, which gets every second probe when there are more than
   * {@value #FEW}; else null. With one constant prober for each member, the time until a failure is
   * noticed has no long tail.
   */
  @Nullable Peer successor() {
    return ctx.peers.live().size() > FEW ? ctx.peers.following() : null;
  }

  /** The next live member of the round but the one excluded, or null when there is none. */
  @Nullable Peer next(@Nullable Peer excluded) {
    for (int attempt = 0; attempt < 2; attempt++) {
      while (!round.isEmpty()) {
        Peer peer = round.remove(round.size() - 1);
        if (peer.live() && peer != excluded) {
          return peer;
        }
      }
      round.addAll(ctx.peers.live());
      if (round.size() > FEW) {
        Collections.shuffle(round, new Random(ctx.random.nextLong()));
      } else {
        round.sort(Comparator.comparingLong(this::place));
      }
    }
    return null;
  }

  /** This node's own order of the members, unlike any other node's. */
  private long place(Peer peer) {
    return (peer.id.low() ^ ctx.self().low()) * 0x9e3779b97f4a7c15L;
  }

  /** Puts a new live member at a random place of the round. */
  void joined(Peer peer) {
    round.add(ctx.random.nextInt(round.size() + 1), peer);
  }
}
