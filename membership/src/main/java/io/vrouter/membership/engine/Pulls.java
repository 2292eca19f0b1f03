package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.engine.Wants.Want;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches records, and large payloads in chunks: a window of them at a time, each retried a few
 * times for at most 10 s and then left to the next push/pull.
 */
final class Pulls {
  /** Bytes of the largest payload that travels attached to its head. */
  static final int LARGEST_ATTACHED = 850;

  private static final long RETRY = Duration.ofMillis(200).toNanos();
  private static final int ATTEMPTS = 6;

  /** Longest time from the first turn to the end, even with partial progress. */
  private static final long DEADLINE = Duration.ofSeconds(10).toNanos();

  private final Context ctx;
  private final FirstExchange first;
  private final Wants wants;
  private boolean flushing;

  Pulls(Context ctx, FirstExchange first) {
    this.ctx = ctx;
    this.first = first;
    SwimConfig.Bounds bounds = ctx.config.bounds();
    this.wants = new Wants(bounds.pulls(), bounds.members());
  }

  boolean idle() {
    return wants.isEmpty();
  }

  int open() {
    return wants.size();
  }

  /** Whether to pass a record on: a new node does not spread records of its first exchange. */
  boolean settledOrUnasked(NodeId id) {
    return !first.catchingUp() || wants.get(id) == null;
  }

  /** Whether this head's signature was checked before; its payload is awaited. */
  boolean verified(SignedHead head) {
    Want want = wants.get(head.id());
    SignedHead awaited = want == null ? null : want.head;
    return awaited != null && head.equals(awaited);
  }

  /** Requests a member's record. */
  void wantRecord(NodeId id, InetSocketAddress source) {
    want(id, source);
  }

  private @Nullable Want want(NodeId id, InetSocketAddress source) {
    Want want = wants.get(id);
    if (want == null) {
      want = wants.add(id, source);
      if (want == null) {
        ctx.tally.overflow++;
      } else {
        kick();
      }
    }
    return want;
  }

  /** Requests the payload of an authentic head. */
  void wantPayload(SignedHead head, InetSocketAddress source) {
    Want want = want(head.id(), source);
    if (want == null || (want.head != null && head.compareTo(want.head) <= 0)) {
      return;
    }
    want.expect(head);
    want.source = source;
    if (want.active) {
      request(List.of(want), source);
    }
  }

  private void kick() {
    if (!flushing) {
      flushing = true;
      ctx.after(0, this::flush);
    }
  }

  private void flush() {
    flushing = false;
    Map<InetSocketAddress, List<Want>> bySource = new LinkedHashMap<>();
    for (Want want : wants.turns()) {
      if (want.deadline == Long.MAX_VALUE) {
        want.deadline = ctx.now + DEADLINE;
      }
      bySource.computeIfAbsent(want.source, s -> new ArrayList<>()).add(want);
    }
    bySource.forEach((source, batch) -> request(batch, source));
  }

  private void request(List<Want> batch, InetSocketAddress source) {
    List<NodeId> ids = new ArrayList<>();
    for (Want want : batch) {
      want.request++;
      SignedHead head = want.head;
      if (head != null && head.payloadLength() > LARGEST_ATTACHED) {
        ctx.sendBare(
            source,
            new SwimMessage.ChunkRequest(
                ctx.self(), want.id, head.payloadHash(), want.missing, List.of()));
      } else {
        ids.add(want.id);
      }
    }
    for (int i = 0; i < ids.size(); i += SwimMessage.Pull.MAX_IDS) {
      List<NodeId> part = ids.subList(i, Math.min(ids.size(), i + SwimMessage.Pull.MAX_IDS));
      ctx.sendBare(source, new SwimMessage.Pull(ctx.self(), part, List.of()));
    }
    Map<Want, Integer> requests = new HashMap<>();
    batch.forEach(want -> requests.put(want, want.request));
    ctx.after(
        RETRY,
        () -> {
          for (Want want : batch) {
            boolean last = requests.getOrDefault(want, -1) == want.request;
            if (want.active && wants.get(want.id) == want && last) {
              again(want);
            }
          }
        });
  }

  private void again(Want want) {
    if (++want.attempts >= ATTEMPTS || ctx.now >= want.deadline) {
      done(want.id);
      return;
    }
    if (want.attempts >= 2) {
      List<Peer> others = ctx.peers.pick(1, null);
      if (!others.isEmpty()) {
        want.source = others.get(0).head().endpoint();
      }
    }
    request(List.of(want), want.source);
  }

  /** A record has arrived, or is given up. */
  void done(NodeId id) {
    Want want = wants.get(id);
    if (want != null) {
      wants.remove(want);
    }
    if (wants.isEmpty()) {
      first.caughtUp();
    } else if (want != null && wants.anyWaits()) {
      kick();
    }
  }

  /** A record arrived that is no newer than the one held. */
  void satisfied(Peer peer) {
    Want want = wants.isEmpty() ? null : wants.get(peer.id);
    if (want != null && (want.head == null || want.head.compareTo(peer.head()) <= 0)) {
      done(peer.id);
    }
  }

  /** Takes a chunk; the whole record when it was the last one missing. */
  News.@Nullable Heard chunk(SwimMessage.Chunk chunk) {
    Want want = wants.get(chunk.subject());
    SignedHead head = want == null ? null : want.head;
    if (want == null || !want.active || head == null || !head.payloadHash().equals(chunk.hash())) {
      return null;
    }
    int start = chunk.index() * SwimMessage.Chunk.SIZE;
    int length = Math.min(SwimMessage.Chunk.SIZE, head.payloadLength() - start);
    if (length <= 0 || chunk.octets().length() != length) {
      ctx.tally.malformed++;
      return null;
    }
    if (want.buffer.length == 0) {
      want.buffer = new byte[head.payloadLength()];
    }
    chunk.octets().buffer().get(want.buffer, start, length);
    if ((want.missing & 1 << chunk.index()) != 0) {
      want.missing &= ~(1 << chunk.index());
      want.attempts = 0; // a duplicate chunk is no progress
    }
    if (want.missing == 0) {
      Bytes payload = Bytes.of(want.buffer);
      if (head.covers(payload)) {
        return new News.Heard(head, payload, Standing.ALIVE);
      }
      ctx.tally.forged++;
      want.attempts = 1;
      want.expect(head);
    }
    return null;
  }

  /** Serves records. */
  void serve(SwimMessage.Pull pull, InetSocketAddress to) {
    int room = Codec.MAX_DATAGRAM - Codec.bareLength(new SwimMessage.Gossip(ctx.self(), List.of()));
    int left = room;
    List<News> news = new ArrayList<>();
    for (NodeId id : pull.ids()) {
      Peer peer = ctx.peers.get(id);
      if (peer != null) {
        News.Heard heard = Broadcasts.heard(peer, !peer.hidden());
        if (heard.length() > left) {
          ctx.sendBare(to, new SwimMessage.Gossip(ctx.self(), news));
          news = new ArrayList<>();
          left = room;
        }
        news.add(heard);
        left -= heard.length();
      }
    }
    if (!news.isEmpty()) {
      ctx.sendBare(to, new SwimMessage.Gossip(ctx.self(), news));
    }
  }

  /** Serves chunks of a payload. */
  void serve(SwimMessage.ChunkRequest request, InetSocketAddress to) {
    Peer peer = ctx.peers.get(request.subject());
    if (peer == null
        || !peer.head().payloadHash().equals(request.hash())
        || peer.payload().length() != peer.head().payloadLength()) {
      return;
    }
    for (int i = 0; i < Wants.chunks(peer.head()); i++) {
      if ((request.missing() & (1 << i)) != 0) {
        int start = i * SwimMessage.Chunk.SIZE;
        int length = Math.min(SwimMessage.Chunk.SIZE, peer.payload().length() - start);
        Bytes octets = Bytes.from(peer.payload().buffer().slice(start, length));
        ctx.sendBare(
            to, new SwimMessage.Chunk(ctx.self(), peer.id, request.hash(), i, octets, List.of()));
      }
    }
  }
}
