package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Push/pull anti-entropy: two nodes compare hashes of buckets of members, then the members of the
 * buckets that differ, then fetch the records they lack. Makes all views equal whatever gossip
 * missed.
 */
final class PushPull {
  private static final NodeId LOWEST = new NodeId(0, 0);
  private static final NodeId HIGHEST = new NodeId(-1, -1);

  /** Members per bucket that the digest aims at. */
  private static final int PER_BUCKET = 16;

  /**
   * Most records pushed unrequested; beyond that only ids and versions are sent, and the peer
   * pulls.
   */
  private static final int PUSH = 8;

  /** Rumours about restarting members attached, because the hashes count these as alive. */
  private static final int RESTARTING_TOLD = 8;

  /** After an exchange that found a difference the next one comes this many times sooner. */
  private static final int HURRY = 8;

  private final Context ctx;
  private final OwnRecord own;
  private final Broadcasts broadcasts;
  private final FirstExchange first;
  private final Pulls pulls;
  private final IncomingNews incoming;
  private long next;
  private long lastHealed = Timers.NEVER;

  PushPull(
      Context ctx,
      OwnRecord own,
      Broadcasts broadcasts,
      FirstExchange first,
      Pulls pulls,
      IncomingNews incoming) {
    this.ctx = ctx;
    this.own = own;
    this.broadcasts = broadcasts;
    this.first = first;
    this.pulls = pulls;
    this.incoming = incoming;
  }

  void start() {
    next = ctx.now + (long) (period() * ctx.random.nextDouble());
    ctx.timers.at(next, this::periodic);
  }

  private long period() {
    return ctx.scaled(ctx.config.gossip().exchange());
  }

  private void periodic() {
    if (ctx.now < next) {
      return;
    }
    next = ctx.now + period();
    ctx.timers.at(next, this::periodic);
    for (Peer peer : ctx.peers.pick(1, null)) {
      open(peer.head().endpoint(), peer);
    }
  }

  /** A difference makes others likely: the next exchange comes sooner. */
  private void hurry() {
    long soon = ctx.now + period() / HURRY;
    if (soon < next) {
      next = soon;
      ctx.timers.at(soon, this::periodic);
    }
  }

  /** Opens an exchange with the node at an address, starting with this node's own record. */
  void open(InetSocketAddress to, @Nullable Peer receiver) {
    List<Long> hashes = ctx.peers.digest(buckets(ctx.peers.size()));
    List<News> news = new ArrayList<>();
    if (receiver == null || !receiver.live()) {
      news.add(Broadcasts.heard(ctx.peers.self(), true));
    }
    ctx.peers.lost().stream()
        .filter(peer -> peer.standing() == Standing.RESTARTING)
        .limit(RESTARTING_TOLD)
        .forEach(peer -> news.add(peer.rumor(ctx.self())));
    broadcasts.send(to, receiver, news, new SwimMessage.Digest(ctx.self(), hashes, List.of()));
  }

  static int buckets(int members) {
    int wanted = Integer.highestOneBit(Math.max(1, members / PER_BUCKET));
    return Math.min(SwimMessage.Digest.MAX_BUCKETS, wanted);
  }

  /**
   * A member is back: opens an exchange, with few members when many return together. Waits one
   * gossip interval: until its own ping is answered, the peer believes this node failed and would
   * accuse it.
   */
  void healed(Peer peer) {
    if (ctx.now - lastHealed >= ctx.config.gossip().interval().toNanos()) {
      lastHealed = ctx.now;
      ctx.after(
          ctx.config.gossip().interval(),
          () -> {
            if (peer.live()) {
              open(peer.head().endpoint(), peer);
            }
          });
    }
  }

  void digest(SwimMessage.Digest digest, InetSocketAddress from) {
    int buckets = digest.hashes().size();
    List<Long> own = ctx.peers.digest(buckets);
    long mask = 0;
    for (int i = 0; i < buckets; i++) {
      if (!own.get(i).equals(digest.hashes().get(i))) {
        mask |= 1L << i;
      }
    }
    answer(from, digest.from(), true, buckets, mask, LOWEST, HIGHEST);
  }

  private static boolean in(NodeId id, int buckets, long mask, NodeId first, NodeId last) {
    return (mask >>> PeerIndex.bucket(id, buckets) & 1) != 0
        && id.compareTo(first) >= 0
        && id.compareTo(last) <= 0;
  }

  private List<Peer> members(int buckets, long mask, NodeId first, NodeId last) {
    List<Peer> members = new ArrayList<>();
    if (mask != 0) {
      for (Peer peer : ctx.peers.all()) {
        if (peer.named && in(peer.id, buckets, mask, first, last)) {
          members.add(peer);
        }
      }
      members.sort(Comparator.comparing(peer -> peer.id));
    }
    return members;
  }

  /** Sends the entries of some members, in as many datagrams as it takes. */
  private void answer(
      InetSocketAddress to,
      NodeId receiver,
      boolean answer,
      int buckets,
      long mask,
      NodeId first,
      NodeId last) {
    List<Peer> members = members(buckets, mask, first, last);
    boolean known = ctx.peers.get(receiver) != null;
    List<News> self =
        known && !own.accusedNow ? List.of() : List.of(Broadcasts.heard(ctx.peers.self(), false));
    NodeId from = first;
    int start = 0;
    do {
      int end = Math.min(members.size(), start + SwimMessage.Detail.MAX_ENTRIES);
      NodeId until = end == members.size() ? last : members.get(end - 1).id;
      List<SwimMessage.DigestEntry> entries =
          members.subList(start, end).stream().map(peer -> entry(peer, receiver)).toList();
      NodeId low = from;
      broadcasts.send(
          to,
          end == members.size() ? ctx.peers.get(receiver) : null,
          start == 0 && entries.size() < 20 ? self : List.of(),
          new SwimMessage.Detail(
              ctx.self(), answer, buckets, mask, low, until, entries, List.of()));
      start = end;
      from = next(until);
    } while (start < members.size());
  }

  /** A peer that still sends to us is pinged, not accused. */
  private static SwimMessage.DigestEntry entry(Peer peer, NodeId receiver) {
    SwimMessage.DigestEntry entry = peer.entry();
    return peer.id.equals(receiver) && peer.acquittable()
        ? new SwimMessage.DigestEntry(
            entry.id(), entry.incarnation(), entry.version(), Standing.ALIVE)
        : entry;
  }

  private static NodeId next(NodeId id) {
    return id.low() == -1 ? new NodeId(id.high() + 1, 0) : new NodeId(id.high(), id.low() + 1);
  }

  void detail(SwimMessage.Detail detail, InetSocketAddress from) {
    if (detail.answer() && detail.mask() != 0) {
      hurry();
    }
    List<News> tell = new ArrayList<>();
    List<Peer> push = new ArrayList<>();
    Set<NodeId> listed = new HashSet<>();
    for (SwimMessage.DigestEntry entry : detail.entries()) {
      listed.add(entry.id());
      compare(entry, detail.from(), from, push, tell);
    }
    for (Peer peer : members(detail.buckets(), detail.mask(), detail.first(), detail.last())) {
      if (peer.hashed != 0 && !listed.contains(peer.id)) {
        push.add(peer);
      }
    }
    boolean manyNew = push.size() > PUSH;
    if (!manyNew) {
      pulls.serve(
          new SwimMessage.Pull(
              detail.from(), push.stream().map(peer -> peer.id).toList(), List.of()),
          from);
    } else if (detail.answer()) {
      answer(
          from,
          detail.from(),
          false,
          detail.buckets(),
          detail.mask(),
          detail.first(),
          detail.last());
    }
    for (int i = 0; i < tell.size(); i += 20) {
      List<News> part = List.copyOf(tell.subList(i, Math.min(tell.size(), i + 20)));
      ctx.sendBare(from, new SwimMessage.Gossip(ctx.self(), part));
    }
    if (detail.answer() && detail.last().equals(HIGHEST)) {
      first.complete();
      if (pulls.idle()) {
        first.caughtUp();
      }
    }
  }

  private void compare(
      SwimMessage.DigestEntry entry,
      NodeId teller,
      InetSocketAddress from,
      List<Peer> push,
      List<News> tell) {
    Peer peer = ctx.peers.get(entry.id());
    if (peer == null) {
      if (entry.standing().compareTo(Standing.FAILED) <= 0) {
        pulls.wantRecord(entry.id(), from);
      }
      return;
    }
    int incarnations = Long.compareUnsigned(entry.incarnation(), peer.head().incarnation());
    int order =
        incarnations != 0
            ? incarnations
            : Long.compareUnsigned(entry.version(), peer.head().version());
    if (order > 0) {
      pulls.wantRecord(entry.id(), from);
    } else if (order < 0) {
      push.add(peer);
    }
    if (incarnations == 0) {
      boolean worse = entry.standing().compareTo(peer.standing()) > 0;
      if (worse && entry.standing().compareTo(Standing.RESTARTING) > 0) {
        incoming.rumor(
            new News.Rumor(entry.standing(), entry.id(), entry.incarnation(), teller), teller);
      } else if (peer.standing().compareTo(entry.standing()) > 0
          && peer.standing().compareTo(Standing.RESTARTING) > 0) {
        tell.add(peer.rumor(ctx.self()));
      }
    }
  }
}
