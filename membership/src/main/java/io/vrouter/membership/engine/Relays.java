package io.vrouter.membership.engine;

import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Indirect probes (SWIM, section 3.1); sends a nack when no answer came in time (Lifeguard). */
final class Relays {
  /** Most requests served at once; more are dropped. */
  private static final int MAX_OPEN = 1024;

  /** Most requests served at once for one underlay address. */
  private static final int SHARE = 64;

  /** One ping for another node. */
  private static final class Relay {
    final InetSocketAddress origin;
    final InetSocketAddress target;
    final long number;

    /** Whether the origin accuses the target, and so needs its record, too. */
    final boolean doubted;

    Timers.@Nullable Timer nack;
    Timers.@Nullable Timer end;

    Relay(InetSocketAddress origin, InetSocketAddress target, long number, boolean doubted) {
      this.origin = origin;
      this.target = target;
      this.number = number;
      this.doubted = doubted;
    }

    void cancel() {
      if (nack != null) {
        nack.cancel();
      }
      if (end != null) {
        end.cancel();
      }
    }
  }

  private final Context ctx;
  private final Broadcasts broadcasts;
  private final Map<Long, Relay> open = new HashMap<>();
  private final Map<InetAddress, Integer> perOrigin = new HashMap<>();

  Relays(Context ctx, Broadcasts broadcasts) {
    this.ctx = ctx;
    this.broadcasts = broadcasts;
  }

  /** Takes a request; only for the endpoint of a known member. */
  void asked(SwimMessage.PingReq request, InetSocketAddress origin) {
    List<Peer> there =
        ctx.peers.at(request.target()).stream().filter(PeerStates::replaceable).toList();
    if (there.isEmpty()) {
      ctx.tally.unfounded++;
      return;
    }
    int asked = perOrigin.getOrDefault(origin.getAddress(), 0);
    if (open.size() >= MAX_OPEN || asked >= SHARE) {
      ctx.tally.overflow++;
      return;
    }
    perOrigin.put(origin.getAddress(), asked + 1);
    long number = ctx.random.nextLong();
    Peer target = there.get(0);
    List<News> doubts = there.size() == 1 ? doubts(request, target) : List.of();
    Relay relay = new Relay(origin, request.target(), request.number(), !doubts.isEmpty());
    open.put(number, relay);
    SwimMessage ping =
        new SwimMessage.ProxyPing(ctx.self(), number, request.from(), request.number(), doubts);
    if (target.proven) {
      broadcasts.send(request.target(), target, doubts, ping.with(List.of()));
    } else {
      ctx.sendBare(request.target(), ping);
    }
    long timeout = ctx.config.probing().ackTimeout().toNanos();
    // Early enough to arrive before the origin's probe ends, even over a slow path.
    relay.nack =
        ctx.after(
            timeout / 2,
            () ->
                broadcasts.send(
                    relay.origin,
                    null,
                    List.of(),
                    new SwimMessage.Nack(ctx.self(), relay.number, List.of())));
    relay.end = ctx.after(4 * timeout, () -> end(number, relay));
  }

  /** The origin's rumour about the target, which the target must receive to refute it. */
  private static List<News> doubts(SwimMessage.PingReq request, Peer target) {
    return request.news().stream()
        .filter(news -> news instanceof News.Rumor && news.subject().equals(target.id))
        .limit(1)
        .toList();
  }

  /**
   * Takes an ack; counts only in its sender's own name, from the pinged endpoint, and with a proof,
   * which the origin checks.
   */
  void acked(SwimMessage.Ack ack, InetSocketAddress source) {
    Relay relay = open.get(ack.number());
    if (relay != null
        && ack.firstHand()
        && ack.proof().length() > 0
        && source.equals(relay.target)) {
      end(ack.number(), relay);
      relay.cancel();
      Peer responder = relay.doubted ? ctx.peers.get(ack.responder()) : null;
      broadcasts.send(
          relay.origin,
          null,
          responder == null ? List.of() : List.of(Broadcasts.heard(responder, false)),
          new SwimMessage.Ack(ctx.self(), relay.number, ack.responder(), ack.proof(), List.of()));
    }
  }

  private void end(long number, Relay relay) {
    if (open.remove(number, relay)) {
      perOrigin.computeIfPresent(
          relay.origin.getAddress(), (address, asked) -> asked > 1 ? asked - 1 : null);
    }
  }

  int open() {
    return open.size();
  }
}
