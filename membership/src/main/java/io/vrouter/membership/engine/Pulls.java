package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches records, and large payloads in chunks: a window of them at a time, each tried a few times
 * and then left to the next push/pull.
 */
final class Pulls {
  /** Bytes of the largest payload that travels attached to its head. */
  static final int LARGEST_ATTACHED = 850;

  private static final long RETRY = Duration.ofMillis(200).toNanos();
  private static final int ATTEMPTS = 6;

  private static final class Want {
    final NodeId id;
    InetSocketAddress source;
    boolean active;
    int attempts;
    int request;
    @Nullable SignedHead head;
    byte[] buffer = new byte[0];
    int missing;

    Want(NodeId id, InetSocketAddress source) {
      this.id = id;
      this.source = source;
    }

    void expect(SignedHead newHead) {
      head = newHead;
      buffer = new byte[0];
      missing = (int) ((1L << chunks(newHead)) - 1);
    }
  }

  private final Context ctx;
  private final FirstExchange first;
  private final Map<NodeId, Want> wants = new LinkedHashMap<>();
  private final Deque<Want> line = new ArrayDeque<>();
  private int active;
  private boolean flushing;

  Pulls(Context ctx, FirstExchange first) {
    this.ctx = ctx;
    this.first = first;
  }

  private static int chunks(SignedHead head) {
    return (head.payloadLength() + SwimMessage.Chunk.SIZE - 1) / SwimMessage.Chunk.SIZE;
  }

  boolean idle() {
    return wants.isEmpty();
  }

  int open() {
    return wants.size();
  }

  /** Whether a record is to be passed on: a new node does not repeat what it catches up with. */
  boolean settledOrUnasked(NodeId id) {
    return first.settled() || !wants.containsKey(id);
  }

  /** Whether this head's signature was checked before; its payload is awaited. */
  boolean verified(SignedHead head) {
    Want want = wants.get(head.id());
    SignedHead awaited = want == null ? null : want.head;
    return awaited != null && head.equals(awaited);
  }

  /** Asks for a member's record. */
  void wantRecord(NodeId id, InetSocketAddress source) {
    want(id, source);
  }

  private @Nullable Want want(NodeId id, InetSocketAddress source) {
    Want want = wants.get(id);
    if (want == null) {
      if (wants.size() >= ctx.config.bounds().members()) {
        ctx.tally.overflow++;
        return null;
      }
      want = new Want(id, source);
      wants.put(id, want);
      line.add(want);
      kick();
    }
    return want;
  }

  /** Asks for the payload of an authentic head. */
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
    while (active < ctx.config.bounds().pulls() && !line.isEmpty()) {
      Want want = line.remove();
      if (wants.get(want.id) == want) {
        want.active = true;
        active++;
        bySource.computeIfAbsent(want.source, s -> new ArrayList<>()).add(want);
      }
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
            if (wants.get(want.id) == want && requests.getOrDefault(want, -1) == want.request) {
              again(want);
            }
          }
        });
  }

  private void again(Want want) {
    if (++want.attempts >= ATTEMPTS) {
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
    Want want = wants.remove(id);
    if (wants.isEmpty()) {
      first.caughtUp();
    }
    if (want != null && want.active) {
      active--;
      if (!line.isEmpty()) {
        kick();
      }
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
    if (want == null || head == null || !head.payloadHash().equals(chunk.hash())) {
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
    want.missing &= ~(1 << chunk.index());
    want.attempts = 0;
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
    for (int i = 0; i < chunks(peer.head()); i++) {
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
