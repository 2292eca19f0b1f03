package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transmit-limited broadcast queue (SWIM, section 4.1): each item is sent a limited number of
 * times, the least transmitted first, at most one item per member and accuser.
 */
final class Broadcasts {
  /** Most datagrams to one member in one round. */
  private static final int BURST = 3;

  /** The first two rounds of an item are this many times faster than the others. */
  private static final int FRESH_SPEED = 4;

  /** A datagram is closed after this many items that did not fit into its rest. */
  private static final int MISFITS = 4;

  /** Per 32 queued items, each duplicate received counts as one transmission. */
  private static final int CROWD = 32;

  private record BroadcastKey(NodeId subject, @Nullable NodeId by) {}

  static final class Item {
    final BroadcastKey key;
    final News news;
    int told;
    int heard;
    boolean superseded;

    Item(BroadcastKey key, News news) {
      this.key = key;
      this.news = news;
    }
  }

  private final Context ctx;
  private final Map<BroadcastKey, Item> items = new HashMap<>();
  private final BroadcastQueues queues = new BroadcastQueues();
  private long lastRound = Timers.NEVER;
  private long lastWhole = Timers.NEVER;
  private final TokenBucket bucket;
  private Timers.@Nullable Timer next;
  private long nextDue;
  private int limitFor;
  private int limit;
  private final List<Item> aside = new ArrayList<>();
  private final List<Item> told = new ArrayList<>();

  Broadcasts(Context ctx) {
    this.ctx = ctx;
    this.bucket = new TokenBucket(ctx.config.gossip().interval().toNanos());
  }

  int size() {
    return queues.size();
  }

  /**
   * Sends a message, filled up with piggyback. After the first ping to a member that never sent
   * anything from its recorded endpoint, which may be a third party's, only the required news are
   * attached.
   *
   * @param receiver the member at that address, if known: news about it come first
   * @param first news that must be attached
   * @param bare the message without news
   */
  void send(InetSocketAddress to, @Nullable Peer receiver, List<News> first, SwimMessage bare) {
    boolean stranger =
        receiver != null
            && !receiver.proven
            && receiver.tries > 1
            && to.equals(receiver.head().endpoint());
    int depth = stranger ? 0 : Integer.MAX_VALUE;
    List<News> news = fill(receiver, first, Codec.MAX_DATAGRAM - Codec.bareLength(bare), depth);
    ctx.sendBare(to, news.isEmpty() ? bare : bare.with(news));
  }

  /** Queues a member's record, with its payload when that is new and fits. */
  void tell(Peer peer, boolean withPayload) {
    put(new BroadcastKey(peer.id, null), heard(peer, withPayload));
  }

  /** Queues a rumour. */
  void tell(News.Rumor rumor) {
    put(new BroadcastKey(rumor.subject(), rumor.by()), rumor);
  }

  /** Drops accusations that are refuted or overtaken. */
  void drop(Peer subject, Accusation accusation) {
    for (NodeId by : accusation.by()) {
      drop(new BroadcastKey(subject.id, by));
    }
  }

  /** Drops this node's rumour that a member is gone. */
  void drop(Peer subject) {
    drop(new BroadcastKey(subject.id, ctx.self()));
  }

  private void drop(BroadcastKey key) {
    Item item = items.remove(key);
    if (item != null) {
      item.superseded = true;
    }
  }

  static News.Heard heard(Peer peer, boolean withPayload) {
    boolean fits = peer.payload().length() <= Pulls.LARGEST_ATTACHED;
    boolean whole = peer.payload().length() == peer.head().payloadLength();
    return new News.Heard(
        peer.head(), withPayload && fits && whole ? peer.payload() : null, peer.standing());
  }

  private void put(BroadcastKey key, News news) {
    if (ctx.peers.live().isEmpty()) {
      return; // a joining member receives everything by push/pull
    }
    Item item = new Item(key, news);
    Item old = items.put(key, item);
    if (old != null) {
      old.superseded = true;
    }
    queues.addLast(0, item);
    kick();
  }

  /** A held record was received again; it may be queued. */
  void again(NodeId subject) {
    again(new BroadcastKey(subject, null), null);
  }

  /** A rumour was received; the same one may be queued. */
  void again(News.Rumor rumor) {
    NodeId by = rumor.standing() == Standing.SUSPECT ? rumor.by() : ctx.self();
    again(new BroadcastKey(rumor.subject(), by), rumor.standing());
  }

  /**
   * Duplicates received shorten an item's life, the more the longer the queue: rumour mongering
   * with feedback and counter (Demers et al., 1987, section 1.4). Push/pull reaches the members
   * missed so. In a short queue each item keeps all its transmissions.
   */
  private void again(BroadcastKey key, @Nullable Standing standing) {
    int weight = items.size() / CROWD;
    Item item = weight == 0 ? null : items.get(key);
    if (item != null && (standing == null || item.news.standing() == standing)) {
      item.heard += weight;
      if (item.told + item.heard >= limit()) {
        item.superseded = true;
        items.remove(key);
      }
    }
  }

  private int limit() {
    int count = ctx.peers.count();
    if (count != limitFor) {
      limitFor = count;
      limit = (int) Math.ceil(ctx.config.gossip().retransmit() * Math.log(count + 1.0));
    }
    return limit;
  }

  /** The news for one member: the forced, then the rumour about it, then the least transmitted. */
  private List<News> fill(@Nullable Peer receiver, List<News> forced, int room, int depth) {
    if (forced.isEmpty() && items.isEmpty() && (receiver == null || innocent(receiver))) {
      return List.of();
    }
    List<News> news = new ArrayList<>();
    for (News item : forced) {
      if (item.length() <= room && news.size() < 255) {
        news.add(item);
        room -= item.length();
      }
    }
    if (receiver != null && !innocent(receiver) && News.Rumor.LENGTH <= room) {
      news.add(receiver.rumor(ctx.self()));
      room -= News.Rumor.LENGTH;
    }
    freshest(receiver, news, room, depth);
    return news;
  }

  /** A lost member that an answer acquits is not accused: then it need not sign a refutation. */
  private static boolean innocent(Peer peer) {
    return peer.standing() == Standing.ALIVE || peer.acquittable();
  }

  private void freshest(@Nullable Peer receiver, List<News> news, int room, int depth) {
    int limit = limit();
    int misfits = 0;
    int end = Math.min(depth, queues.count());
    for (int n = 0; n < end && misfits < MISFITS; n++) {
      while (misfits < MISFITS && room >= News.Rumor.LENGTH && news.size() < 255) {
        Item item = queues.pollFirst(n);
        if (item == null) {
          break;
        }
        if (item.superseded) {
          continue;
        }
        boolean known = receiver != null && item.key.subject.equals(receiver.id);
        if (item.news.length() > room || known) {
          aside.add(item);
          misfits++;
          continue;
        }
        news.add(item.news);
        room -= item.news.length();
        item.told++;
        if (item.told + item.heard < limit) {
          told.add(item);
        } else {
          items.remove(item.key);
        }
      }
      for (int i = aside.size() - 1; i >= 0; i--) {
        queues.addFirst(n, aside.get(i));
      }
      aside.clear();
    }
    for (Item item : told) {
      queues.addLast(item.told, item);
    }
    told.clear();
  }

  /**
   * Schedules the next round. Fresh items don't wait for the regular round; the others keep its
   * pace, because a member that joins meanwhile would miss a burst.
   */
  private void kick() {
    long interval = ctx.config.gossip().interval().toNanos();
    long whole = lastWhole + interval;
    boolean early = fresh() && bucket.left(ctx.now);
    long wanted = early ? Math.min(whole, lastRound + interval / FRESH_SPEED) : whole;
    long due = Math.max(ctx.now, wanted);
    if (next == null || due < nextDue) {
      if (next != null) {
        next.cancel();
      }
      nextDue = due;
      next = ctx.timers.at(due, this::round);
    }
  }

  private int twoRounds() {
    return 2 * ctx.config.gossip().fanout();
  }

  /** Whether an item has had fewer than two rounds. */
  private boolean fresh() {
    return queues.anyBefore(twoRounds());
  }

  private void round() {
    next = null;
    lastRound = ctx.now;
    boolean whole = ctx.now - lastWhole >= ctx.config.gossip().interval().toNanos();
    if (whole) {
      lastWhole = ctx.now;
    } else {
      bucket.take(ctx.now);
    }
    int depth = whole ? Integer.MAX_VALUE : twoRounds();
    for (Peer peer : ctx.peers.pick(ctx.config.gossip().fanout(), null)) {
      int untold = items.size();
      for (int i = 0; i < BURST && untold > 0; i++) {
        List<News> news = fill(peer, List.of(), roomForGossip(), depth);
        if (news.isEmpty()) {
          break;
        }
        untold -= news.size();
        ctx.sendBare(peer.head().endpoint(), new SwimMessage.Gossip(ctx.self(), news));
      }
    }
    if (ctx.peers.live().isEmpty()) {
      items.clear();
      queues.clear();
    } else if (!items.isEmpty()) {
      kick();
    }
  }

  private int roomForGossip() {
    return Codec.MAX_DATAGRAM - Codec.bareLength(new SwimMessage.Gossip(ctx.self(), List.of()));
  }
}
