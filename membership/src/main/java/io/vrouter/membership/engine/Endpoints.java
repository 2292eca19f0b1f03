package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Standing;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Decides who holds an underlay endpoint that several records name: the one who answers there.
 *
 * <p>Two identities have no common clock, so "newer" is a matter of evidence, not of numbers: only
 * one process can hold the socket, and a ping carries a fresh random number, so an old datagram
 * can't speak for a former holder. Whoever sees a second record for an endpoint pings it; when one
 * of the claimants answers there, the others are {@code REPLACED} at their present incarnation, and
 * the rumour of it is believed by all who know that the endpoint is shared. Nobody answers: the
 * usual suspicion decides. A replaced member comes back by a new boot that answers, never by an old
 * record. Told of it while alive (two hosts with one address), it refutes once and warns; after
 * that it stays replaced, so no duel goes on.
 */
final class Endpoints {
  private static final int TRIES = 3;

  private final Context ctx;
  private final PeerStates states;
  private final Probes probes;

  Endpoints(Context ctx, PeerStates states, Probes probes) {
    this.ctx = ctx;
    this.states = states;
    this.probes = probes;
  }

  /** A member's record names an endpoint it did not name before, or was renewed. */
  void moved(Peer peer) {
    InetSocketAddress endpoint = peer.head().endpoint();
    if (ctx.peers.at(endpoint).size() < 2 || !PeerStates.replaceable(peer)) {
      return;
    }
    if (endpoint.equals(ctx.peers.self().head().endpoint())) {
      answered(endpoint, ctx.self());
    } else {
      check(peer, TRIES);
    }
  }

  private void check(Peer peer, int tries) {
    boolean contested =
        ctx.peers.at(peer.head().endpoint()).stream().filter(PeerStates::replaceable).count() > 1;
    if (tries > 0 && contested && PeerStates.replaceable(peer)) {
      probes.nudge(peer);
      ctx.after(ctx.config.probing().ackTimeout(), () -> check(peer, tries - 1));
    }
  }

  /** A claimant answered a fresh ping at the endpoint. */
  void answered(InetSocketAddress endpoint, NodeId holder) {
    List<Peer> claimants = ctx.peers.at(endpoint);
    if (claimants.size() < 2) {
      return;
    }
    Peer winner = ctx.peers.get(holder);
    if (winner == null
        || !winner.head().endpoint().equals(endpoint)
        || winner.standing() == Standing.REPLACED) {
      return;
    }
    for (Peer peer : List.copyOf(claimants)) {
      if (peer != winner && peer != ctx.peers.self() && PeerStates.replaceable(peer)) {
        states.replaced(peer, "its address answers as " + holder.abbreviated());
      }
    }
  }
}
