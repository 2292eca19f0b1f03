package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Standing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Decides which member holds an underlay endpoint that several records name: the one that answers
 * there.
 *
 * <p>Two identities have no common clock, so evidence decides and not a number: only one process
 * can hold the socket, and a ping carries a fresh random number, so an old datagram can't answer
 * for a former holder. A node that receives a second record for an endpoint, or a rumour that one
 * of the claimants was replaced, pings the endpoint. When one of them answers there, the others
 * become {@code REPLACED} here; a rumour alone replaces no member. Members that left, were
 * forgotten or are already replaced take no part. Without an answer the suspicion decides.
 *
 * <p>A replaced member that answers at the endpoint is alive again, and the one that answered
 * before is replaced. With two live hosts at one address that repeats, so a member is acquitted
 * after a pause that doubles from 1 s to 60 s.
 */
final class Endpoints {
  private static final int TRIES = 3;
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(60);

  private final Context ctx;
  private final PeerStates states;
  private final Probes probes;

  Endpoints(Context ctx, PeerStates states, Probes probes) {
    this.ctx = ctx;
    this.states = states;
    this.probes = probes;
  }

  /** A member's record is new: if its endpoint is shared, find the holder. */
  void moved(Peer peer) {
    InetSocketAddress endpoint = peer.head().endpoint();
    if (!contested(peer)) {
      return;
    }
    if (endpoint.equals(ctx.peers.self().head().endpoint())) {
      answered(endpoint, ctx.self(), ctx.now);
    } else {
      check(peer, TRIES);
    }
  }

  /** A rumour claims that a member was replaced: this node pings the endpoint, if it is shared. */
  void doubted(Peer peer) {
    if (contested(peer) && !probes.nudgedLately(peer)) {
      probes.nudge(peer);
    }
  }

  private static boolean claims(Peer peer, Peer self) {
    return peer == self || PeerStates.replaceable(peer);
  }

  private boolean contested(Peer peer) {
    Peer self = ctx.peers.self();
    return PeerStates.replaceable(peer)
        && ctx.peers.at(peer.head().endpoint()).stream().filter(p -> claims(p, self)).count() > 1;
  }

  private void check(Peer peer, int tries) {
    if (tries > 0 && contested(peer)) {
      probes.nudge(peer);
      ctx.after(ctx.config.probing().ackTimeout(), () -> check(peer, tries - 1));
    }
  }

  /**
   * A claimant answered a fresh ping at the endpoint.
   *
   * @param began when the ping was first sent
   */
  void answered(InetSocketAddress endpoint, NodeId holder, long began) {
    List<Peer> claimants = ctx.peers.at(endpoint);
    Peer winner = ctx.peers.get(holder);
    if (claimants.size() < 2 || winner == null || !winner.head().endpoint().equals(endpoint)) {
      return;
    }
    if (winner.standing() == Standing.REPLACED && !acquitted(winner, began)) {
      return;
    }
    for (Peer peer : List.copyOf(claimants)) {
      if (peer != winner && peer != ctx.peers.self() && PeerStates.replaceable(peer)) {
        states.replaced(peer, "its address answers as " + holder.abbreviated());
      }
    }
  }

  private boolean acquitted(Peer winner, long began) {
    return began >= winner.since() && mayReturn(winner) && states.acquit(winner);
  }

  /** Whether an answer acquits the member now; a replaced one only after a pause. */
  boolean mayReturn(Peer peer) {
    if (peer.standing() != Standing.REPLACED) {
      return true;
    }
    Backoff pause = peer.contest;
    if (pause == null) {
      pause = new Backoff(LEAST, MOST);
      peer.contest = pause;
    }
    boolean ready = pause.ready(ctx.now);
    if (ready) {
      pause.take(ctx.now);
    }
    return ready;
  }
}
