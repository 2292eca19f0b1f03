package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * This node's own record: the only one it writes.
 *
 * <p>Clones. A record with this node's id and another boot nonce was signed by another boot of the
 * same state directory. A newer one may come from an earlier boot (a snapshot was restored), so
 * this node warns and raises its boot count above it: at once, and again after 1, 2 ... 60 s. A
 * boot that signs further records is a running clone. This node never stops for one, because a
 * thief of the key could stop any node so: members keep the boot that answers at the identity's
 * known endpoint ({@link OtherBoots}).
 */
final class OwnRecord {
  private static final long BOOT = 1L << 32;

  private static final long MAX_BOOT = 0xffff_ffffL;

  private final Context ctx;
  private final Broadcasts broadcasts;
  private final LocalHealth health;
  private final long bootNonce;
  private long incarnation;
  private long version;
  private Intent intent = Intent.STAY;
  private final InetSocketAddress endpoint;
  private boolean conflictTold;
  private boolean cloneTold;
  private final Backoff raises = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
  private long foreignNonce;
  private long foreignIncarnation;
  private final Refutations refutations;

  /** Whether the present datagram accuses this node: then its sender needs this record. */
  boolean accusedNow;

  OwnRecord(Context ctx, Broadcasts broadcasts, LocalHealth health) {
    this.ctx = ctx;
    this.broadcasts = broadcasts;
    this.health = health;
    SignedHead first = ctx.peers.self().head();
    this.incarnation = first.incarnation();
    this.bootNonce = first.bootNonce();
    this.endpoint = first.endpoint();
    this.refutations = new Refutations(ctx, this::refute);
  }

  private SignedHead sign(Bytes payload) {
    return SignedHead.sign(ctx.signer, incarnation, version, bootNonce, endpoint, intent, payload);
  }

  boolean leaving() {
    return intent != Intent.STAY;
  }

  private void renew(Bytes payload, boolean payloadIsNew) {
    SignedHead head = sign(payload);
    Peer self = ctx.peers.self();
    ctx.peers.change(self, () -> self.set(new Belief(head, Standing.ALIVE), payload, ctx.now));
    broadcasts.tell(self, payloadIsNew);
  }

  void publish(Bytes payload) {
    Peer self = ctx.peers.self();
    if (!payload.equals(self.payload())) {
      version++;
      renew(payload, true);
      push(true);
      ctx.emit(new MembershipEvent.Updated(self.id, self.record()));
    }
  }

  /** Signs the intent; {@link Departure} sends it. */
  void depart(Intent newIntent) {
    intent = newIntent;
    version++;
    renew(ctx.peers.self().payload(), false);
  }

  /** Sends the own record to some members at once. */
  void push(boolean withPayload) {
    List<News> news = List.of(Broadcasts.heard(ctx.peers.self(), withPayload));
    for (Peer peer : ctx.peers.pick(ctx.config.gossip().announce(), null)) {
      broadcasts.send(
          peer.head().endpoint(), peer, news, new SwimMessage.Gossip(ctx.self(), List.of()));
    }
  }

  /**
   * A rumour about this node arrived.
   *
   * @param teller the member that sent it
   */
  void accused(Standing standing, long ofIncarnation, NodeId teller) {
    if (standing == Standing.ALIVE || leaving()) {
      return;
    }
    int order = Long.compareUnsigned(ofIncarnation, incarnation);
    if (order > 0) {
      ctx.tally.unfounded++;
      return;
    }
    accusedNow = true;
    if (order < 0) {
      return;
    }
    Optional<Peer> other =
        ctx.peers.at(endpoint).stream().filter(peer -> peer != ctx.peers.self()).findFirst();
    if (standing == Standing.REPLACED && other.isPresent() && !conflictTold) {
      conflictTold = true;
      ctx.emit(
          new MembershipEvent.Warning(
              ctx.self(),
              "endpoint-conflict",
              "another node (%s) answers at this node's address %s"
                  .formatted(other.get().id.abbreviated(), endpoint),
              "find the host with the same IP address and give it another"));
    }
    if (standing == Standing.SUSPECT || standing == Standing.FAILED) {
      health.accused();
    }
    refutations.accused(teller);
  }

  /** Signs a record with the next incarnation, which voids all rumours. */
  void refute() {
    ctx.tally.refutations++;
    refutations.done();
    incarnation++;
    renew(ctx.peers.self().payload(), false);
    push(false);
  }

  /** A record with this node's id came from the network. */
  void meet(SignedHead head) {
    int order = Long.compareUnsigned(head.incarnation(), incarnation);
    boolean foreign = head.bootNonce() != bootNonce;
    boolean former = foreign && order < 0;
    boolean mine = !foreign && head.compareTo(ctx.peers.self().head()) <= 0;
    if (former || mine) {
      return;
    }
    if (!head.authentic(ctx.verifier)) {
      ctx.tally.forged++;
      return;
    }
    if (!foreign) {
      raise(head); // signed by this boot, but unknown here: never reuse its number
      return;
    }
    if (head.bootNonce() != foreignNonce) {
      foreignNonce = head.bootNonce();
      foreignIncarnation = head.incarnation();
      warn(
          order == 0 ? "identity-cloned" : "identity-reused",
          "another boot of this node's identity, at " + head.endpoint() + ", has a newer record",
          "if that host runs, one of the two is a clone: delete the state directory of one and"
              + " restart its daemon");
    } else if (Long.compareUnsigned(head.incarnation(), foreignIncarnation) > 0) {
      foreignIncarnation = head.incarnation();
      if (!cloneTold) {
        cloneTold = true;
        warn(
            "identity-cloned",
            "a clone of this node's state directory runs at "
                + head.endpoint()
                + "; members keep the one that answers where they know it",
            "delete the state directory of one of the two hosts and restart its daemon");
      }
    }
    raise(head);
  }

  private void raise(SignedHead head) {
    if (!raises.ready(ctx.now) || head.incarnation() >>> 32 == MAX_BOOT) {
      return;
    }
    raises.take(ctx.now);
    refutations.done();
    incarnation = ((head.incarnation() >>> 32) + 1) * BOOT;
    version = head.version() + 1;
    ctx.effect(new Effect.Persist(incarnation));
    renew(ctx.peers.self().payload(), true);
    push(true);
  }

  private void warn(String code, String message, String fix) {
    ctx.emit(new MembershipEvent.Warning(ctx.self(), code, message, fix));
  }
}
