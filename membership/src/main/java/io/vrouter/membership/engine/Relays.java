package io.vrouter.membership.engine;

import io.vrouter.membership.wire.Message;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pings others for those who could not reach them (SWIM, section 3.1), and owns up when it can't.
 */
final class Relays {
  /** Requests served at once; what exceeds it is as if lost. */
  private static final int MAX_OPEN = 1024;

  private record Relay(InetSocketAddress origin, long number) {}

  private final Context ctx;
  private final Map<Long, Relay> open = new HashMap<>();

  Relays(Context ctx) {
    this.ctx = ctx;
  }

  void asked(Message.PingReq request, InetSocketAddress origin) {
    if (open.size() >= MAX_OPEN) {
      ctx.tally.overflow++;
      return;
    }
    long number = ctx.random.nextLong();
    Relay relay = new Relay(origin, request.number());
    open.put(number, relay);
    List<Peer> there = ctx.roster.at(request.target());
    ctx.send(
        request.target(),
        there.size() == 1 ? there.get(0) : null,
        List.of(),
        news -> new Message.Ping(ctx.self(), number, news));
    long timeout = ctx.config.probing().ackTimeout().toNanos();
    ctx.after(
        timeout,
        () -> {
          if (relay.equals(open.get(number))) {
            ctx.send(
                relay.origin,
                null,
                List.of(),
                news -> new Message.Nack(ctx.self(), relay.number, news));
          }
        });
    ctx.after(4 * timeout, () -> open.remove(number, relay));
  }

  void acked(Message.Ack ack) {
    Relay relay = open.remove(ack.number());
    if (relay != null) {
      ctx.send(
          relay.origin,
          null,
          List.of(),
          news -> new Message.Ack(ctx.self(), relay.number, ack.responder(), news));
    }
  }

  int open() {
    return open.size();
  }
}
