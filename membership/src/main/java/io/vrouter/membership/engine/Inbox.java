package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SwimMessage;
import io.vrouter.membership.wire.WireException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Processes datagrams: first their news, then the message itself, by its type. */
final class Inbox {
  private final Context ctx;
  private final OwnRecord own;
  private final Departure departure;
  private final Broadcasts broadcasts;
  private final Probes probes;
  private final Relays relays;
  private final Pulls pulls;
  private final IncomingNews incoming;
  private final PushPull pushPull;
  private final ProofBudget proofs;

  Inbox(
      Context ctx,
      OwnRecord own,
      Departure departure,
      Broadcasts broadcasts,
      Probes probes,
      Relays relays,
      Pulls pulls,
      IncomingNews incoming,
      PushPull pushPull) {
    this.ctx = ctx;
    this.own = own;
    this.departure = departure;
    this.broadcasts = broadcasts;
    this.probes = probes;
    this.relays = relays;
    this.pulls = pulls;
    this.incoming = incoming;
    this.pushPull = pushPull;
    this.proofs = new ProofBudget(ctx);
  }

  void take(Input.Datagram datagram) {
    ctx.tally.received++;
    SwimMessage message;
    try {
      message = Codec.decode(datagram.bytes(), ctx.peers);
    } catch (WireException e) {
      ctx.tally.malformed++;
      return;
    }
    if (ctx.banned.contains(message.from())) {
      return;
    }
    InetSocketAddress from = datagram.from();
    own.accusedNow = false;
    for (News news : message.news()) {
      if (news instanceof News.Heard heard) {
        incoming.heard(heard, message.from(), from);
      } else if (news instanceof News.Rumor rumor) {
        incoming.rumor(rumor, message.from());
      } else {
        throw new IllegalArgumentException("unknown news " + news);
      }
    }
    if (message.from().equals(ctx.self())) {
      return;
    }
    Peer peer = ctx.peers.get(message.from());
    if (peer == null) {
      pulls.wantRecord(message.from(), from);
    } else if (from.equals(peer.head().endpoint())) {
      peer.proven = true;
    }
    answer(message, from, peer);
    if (peer != null && peer.acquittable()) {
      probes.heardFromLost(peer);
    }
    if (peer != null && !from.equals(peer.head().endpoint())) {
      redirect(peer, from);
    }
  }

  /**
   * A datagram came from another address than the recorded one: a clone there is sent the record.
   */
  private void redirect(Peer peer, InetSocketAddress from) {
    if (ctx.now - peer.redirected > ctx.config.gossip().interval().toNanos()) {
      peer.redirected = ctx.now;
      List<News> news = List.of(Broadcasts.heard(peer, false));
      ctx.sendBare(from, new SwimMessage.Gossip(ctx.self(), news));
    }
  }

  private void answer(SwimMessage message, InetSocketAddress from, @Nullable Peer peer) {
    if (message instanceof SwimMessage.Ping ping) {
      broadcasts.send(
          from,
          peer,
          selfIfNeeded(peer),
          new SwimMessage.Ack(ctx.self(), ping.number(), List.of()));
    } else if (message instanceof SwimMessage.ProxyPing ping) {
      Bytes proof = proofs.proof(ping, peer);
      if (proof != null) {
        broadcasts.send(
            from,
            peer,
            selfIfNeeded(peer),
            new SwimMessage.Ack(ctx.self(), ping.number(), ctx.self(), proof, List.of()));
      }
    } else if (message instanceof SwimMessage.PingReq request) {
      relays.asked(request, from);
    } else if (message instanceof SwimMessage.Ack ack) {
      departure.acked(ack, from);
      if (!probes.acked(ack, from)) {
        relays.acked(ack, from);
      }
    } else if (message instanceof SwimMessage.Nack nack) {
      probes.nacked(nack, from);
    } else if (message instanceof SwimMessage.Digest digest) {
      pushPull.digest(digest, from);
    } else if (message instanceof SwimMessage.Detail detail) {
      pushPull.detail(detail, from);
    } else if (message instanceof SwimMessage.Pull pull) {
      pulls.serve(pull, from);
    } else if (message instanceof SwimMessage.ChunkRequest request) {
      pulls.serve(request, from);
    } else if (message instanceof SwimMessage.Chunk chunk) {
      News.Heard whole = pulls.chunk(chunk);
      if (whole != null) {
        incoming.admit(whole, chunk.from(), from);
      }
    } else if (!(message instanceof SwimMessage.Gossip)) {
      throw new IllegalArgumentException("unknown message " + message);
    }
  }

  private List<News> selfIfNeeded(@Nullable Peer peer) {
    boolean needed = own.accusedNow || peer == null;
    return needed ? List.of(Broadcasts.heard(ctx.peers.self(), peer == null)) : List.of();
  }
}
