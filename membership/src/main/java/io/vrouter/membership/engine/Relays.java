package io.vrouter.membership.engine;

import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pings others for those who could not reach them (SWIM, section 3.1), and owns up when it can't.
 */
final class Relays {
  /** Requests served at once; what exceeds it is as if lost. */
  private static final int MAX_OPEN = 1024;

  /** One ping for another node. */
  private static final class Relay {
    final InetSocketAddress origin;
    final long number;

    /** Whether that node thinks ill of the target, and so wants its record, too. */
    final boolean doubted;

    Timers.@Nullable Timer nack;
    Timers.@Nullable Timer end;

    Relay(InetSocketAddress origin, long number, boolean doubted) {
      this.origin = origin;
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

  Relays(Context ctx, Broadcasts broadcasts) {
    this.ctx = ctx;
    this.broadcasts = broadcasts;
  }

  void asked(SwimMessage.PingReq request, InetSocketAddress origin) {
    if (open.size() >= MAX_OPEN) {
      ctx.tally.overflow++;
      return;
    }
    long number = ctx.random.nextLong();
    List<Peer> there = ctx.peers.at(request.target());
    Peer target = there.size() == 1 ? there.get(0) : null;
    List<News> doubts = target == null ? List.of() : doubts(request, target);
    Relay relay = new Relay(origin, request.number(), !doubts.isEmpty());
    open.put(number, relay);
    broadcasts.send(request.target(), target, doubts, new SwimMessage.Ping(ctx.self(), number, List.of()));
    long timeout = ctx.config.probing().ackTimeout().toNanos();
    // Early enough to be back before the asker concludes, also by a slow way.
    relay.nack =
        ctx.after(
            timeout / 2,
            () ->
                broadcasts.send(
                    relay.origin,
                    null,
                    List.of(),
                    new SwimMessage.Nack(ctx.self(), relay.number, List.of())));
    relay.end = ctx.after(4 * timeout, () -> open.remove(number, relay));
  }

  /** What the asker says of the target, which the target must hear to refute it. */
  private static List<News> doubts(SwimMessage.PingReq request, Peer target) {
    return request.news().stream()
        .filter(news -> news instanceof News.Rumor && news.subject().equals(target.id))
        .limit(1)
        .toList();
  }

  void acked(SwimMessage.Ack ack) {
    Relay relay = open.remove(ack.number());
    if (relay != null) {
      relay.cancel();
      Peer responder = relay.doubted ? ctx.peers.get(ack.responder()) : null;
      broadcasts.send(
          relay.origin,
          null,
          responder == null ? List.of() : List.of(Broadcasts.heard(responder, false)),
          new SwimMessage.Ack(ctx.self(), relay.number, ack.responder(), List.of()));
    }
  }

  int open() {
    return open.size();
  }
}
