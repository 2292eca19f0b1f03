package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only place where the belief about another member changes. Each {@link Change} goes to one
 * listener before the method returns. Nothing changes of a member that was dropped meanwhile.
 */
final class PeerStates {
  private final Context ctx;
  private final Broadcasts broadcasts;
  private final Consumer<Change> listener;
  private final Room room;

  PeerStates(Context ctx, Broadcasts broadcasts, Consumer<Change> listener) {
    this.ctx = ctx;
    this.broadcasts = broadcasts;
    this.listener = listener;
    this.room = new Room(ctx);
  }

  /**
   * Adds a new member.
   *
   * @param spread whether to pass its record on
   * @param firstHand whether the record came from its author, from the endpoint that it names
   * @return the member, or null when there is no room for it
   */
  @Nullable Peer join(
      SignedHead head, Bytes payload, Standing standing, boolean spread, boolean firstHand) {
    if (!room.newcomer(head, payload.length(), firstHand)) {
      ctx.tally.overflow++;
      return null;
    }
    Peer peer = new Peer(head.id(), new Belief(head, standing), payload, ctx.now);
    peer.proven = firstHand;
    ctx.peers.add(peer);
    if (!peer.hidden()) {
      ctx.emit(
          new MembershipEvent.Transition(
              peer.id, null, peer.state(), peer.record(), "its record arrived"));
    }
    if (spread) {
      broadcasts.tell(peer, true);
    }
    listener.accept(new Change(peer, null, peer.state(), true));
    return peer;
  }

  /** Adds a member known from the last run. */
  void adopt(SignedHead head, Bytes payload) {
    Peer peer = Peer.adopted(head, payload, ctx.now);
    ctx.peers.add(peer);
    ctx.emit(
        new MembershipEvent.Transition(
            peer.id, null, peer.state(), peer.record(), "a member of the last run"));
    listener.accept(new Change(peer, null, peer.state(), true));
  }

  /** Whether there is no room for a record, so that its payload need not be fetched. */
  boolean refuses(SignedHead head, @Nullable Peer peer) {
    return room.refuses(head, peer);
  }

  /** Takes a newer record of a member, if there is room for it; whether there is. */
  boolean renew(Peer peer, SignedHead head, Bytes payload, String cause) {
    if (!room.grown(peer, payload.length())) {
      ctx.tally.overflow++;
      return false;
    }
    change(peer, new Belief(head, Standing.ALIVE), payload, cause);
    return true;
  }

  /**
   * A member that was suspected or given up answered a later ping: it is alive. No refutation is
   * signed and no rumour sent: each node decides by its own ping.
   *
   * @return whether the member was suspected or given up
   */
  boolean acquit(Peer peer) {
    if (ctx.banned.contains(peer.id) || !ctx.peers.holds(peer)) {
      return false;
    }
    if (peer.acquittable() || peer.state() == MemberState.SUSPECT) {
      if (peer.standing() != Standing.ALIVE) {
        peer.disproved(ctx.now);
      }
      broadcasts.drop(peer);
      become(peer, new Belief(peer.head(), Standing.ALIVE), peer.payload(), "answered again");
      return true;
    }
    return false;
  }

  static boolean replaceable(Peer peer) {
    return peer.live() || peer.lost();
  }

  void restarting(Peer peer, String cause) {
    claim(peer, Standing.RESTARTING, cause);
  }

  void failed(Peer peer, String cause) {
    claim(peer, Standing.FAILED, cause);
  }

  void replaced(Peer peer, String cause) {
    claim(peer, Standing.REPLACED, cause);
  }

  /** Drops a member that is gone; one that lives is left alone. */
  void forget(Peer peer, String cause) {
    if (peer != ctx.peers.self()
        && !peer.live()
        && peer.state() != MemberState.RESTARTING
        && !peer.hidden()) {
      claim(peer, Standing.FORGOTTEN, cause);
    }
  }

  /** Drops a banned member, whatever its state; nothing is advertised. */
  void ban(Peer peer) {
    if (peer != ctx.peers.self() && !peer.hidden()) {
      broadcasts.drop(peer);
      become(peer, new Belief(peer.head(), Standing.FORGOTTEN), peer.payload(), "it was banned");
    }
  }

  private void claim(Peer peer, Standing standing, String cause) {
    if (!ctx.peers.holds(peer)) {
      return;
    }
    change(peer, new Belief(peer.head(), standing), peer.payload(), cause);
    broadcasts.tell(peer.rumor(ctx.self()));
  }

  /** Merges a belief in. */
  void change(Peer peer, Belief claim, Bytes payload, String cause) {
    become(peer, Belief.merge(peer.claim(), claim), payload, cause);
  }

  private void become(Peer peer, Belief merged, Bytes payload, String cause) {
    if (!ctx.peers.holds(peer)) {
      return;
    }
    Belief old = peer.claim();
    MemberState before = peer.state();
    boolean wasHidden = peer.hidden();
    ctx.peers.change(peer, () -> peer.set(merged, payload, ctx.now));
    MemberState after = peer.state();
    if (peer.hidden()) {
      if (!wasHidden) {
        ctx.emit(new MembershipEvent.Forgotten(peer.id, cause));
      }
    } else if (after != before || wasHidden) {
      MemberState from = wasHidden ? null : before;
      ctx.emit(new MembershipEvent.Transition(peer.id, from, after, peer.record(), cause));
    } else if (merged.head().version() != old.head().version()
        || merged.head().bootNonce() != old.head().bootNonce()) {
      ctx.emit(new MembershipEvent.Updated(peer.id, peer.record()));
    }
    boolean renewed = !merged.head().equals(old.head());
    if (after != before || renewed) {
      listener.accept(new Change(peer, before, after, renewed));
    }
  }
}
