package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Standing;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Decides which member holds an underlay endpoint that several records name: the one that answers
 * there.
 *
 * <p>Two identities have no common clock, so evidence decides and not a number: only one process
 * can hold the socket, and a ping carries a fresh random number, so an old datagram can't answer
 * for a former holder. A node that sees a second record for an endpoint pings it. When one of the
 * claimants answers there, the others become {@code REPLACED} at their present incarnation, and a
 * rumour of it is believed by all nodes that know the endpoint is shared. When none answers, the
 * suspicion decides. A replaced member returns with a new boot that answers, never with an old
 * record. One that is alive (two hosts with one address) refutes once and warns; then it stays
 * replaced, which ends the duel.
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

  /** A member's record is new: if its endpoint is shared, find the holder. */
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
