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
 * The news this node passes on: each a limited number of times, the least told first, at most one
 * piece per member and accuser.
 */
final class Broadcasts {
  /** Datagrams to one member in one round, when there is that much to tell. */
  private static final int BURST = 3;

  /** The first rounds of a piece of news follow each other this many times faster. */
  private static final int FRESH_SPEED = 4;

  /** News that may be found too long for what is left of a datagram before it is closed. */
  private static final int MISFITS = 4;

  /** So many news waiting make one that is heard again count as told once, twice as many twice. */
  private static final int CROWD = 32;

  private record Key(NodeId subject, @Nullable NodeId by) {}

  static final class Item {
    final Key key;
    final News news;
    int told;
    int heard;
    boolean superseded;
    @Nullable Item next;

    Item(Key key, News news) {
      this.key = key;
      this.news = news;
    }
  }

  private final Context ctx;
  private final Map<Key, Item> items = new HashMap<>();
  private final BroadcastQueues tiers = new BroadcastQueues();
  private long lastRound = Timers.NEVER;
  private long lastWhole = Timers.NEVER;
  private final TokenBucket spurt;
  private Timers.@Nullable Timer next;
  private long nextDue;
  private int limitFor;
  private int limit;
  private final List<Item> aside = new ArrayList<>();
  private final List<Item> told = new ArrayList<>();

  Broadcasts(Context ctx) {
    this.ctx = ctx;
    this.spurt = new TokenBucket(ctx.config.gossip().interval().toNanos());
  }

  int size() {
    return tiers.size();
  }

  /**
   * Sends a message, filled up with piggyback.
   *
   * @param whom the member at that address, if known: news about it go first
   * @param first news that must go along
   * @param bare the message without news
   */
  void send(InetSocketAddress to, @Nullable Peer whom, List<News> first, SwimMessage bare) {
    List<News> news = fill(whom, first, Codec.MAX_DATAGRAM - Codec.bareLength(bare));
    ctx.sendBare(to, news.isEmpty() ? bare : bare.with(news));
  }

  /** Passes on a member's record; its payload too, when others can't know it yet and it fits. */
  void tell(Peer peer, boolean withPayload) {
    put(new Key(peer.id, null), heard(peer, withPayload));
  }

  /** Passes on a rumour. */
  void tell(News.Rumor rumor) {
    put(new Key(rumor.subject(), rumor.by()), rumor);
  }

  /** Ceases to pass on accusations that have been refuted or surpassed: they are void. */
  void drop(Peer subject, Accusation accusation) {
    for (NodeId by : accusation.by()) {
      drop(new Key(subject.id, by));
    }
  }

  /** Ceases to say that a member is gone. */
  void drop(Peer subject) {
    drop(new Key(subject.id, ctx.self()));
  }

  private void drop(Key key) {
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

  private void put(Key key, News news) {
    if (ctx.peers.live().isEmpty()) {
      return; // whoever comes gets everything by the exchange
    }
    Item item = new Item(key, news);
    Item old = items.put(key, item);
    if (old != null) {
      old.superseded = true;
    }
    tiers.addLast(0, item);
    kick();
  }

  /** A record that this node holds came again, perhaps while it is being passed on. */
  void again(NodeId subject) {
    again(new Key(subject, null), null);
  }

  /** A rumour that says nothing new came, perhaps while it is being passed on. */
  void again(News.Rumor rumor) {
    NodeId by = rumor.standing() == Standing.SUSPECT ? rumor.by() : ctx.self();
    again(new Key(rumor.subject(), by), rumor.standing());
  }

  /**
   * Loses interest in what others tell already, the faster the more is waiting: rumour mongering
   * with feedback and counter (Demers et al., 1987, section 1.4). The exchange reaches whoever is
   * missed then. Few news keep all their retransmissions.
   */
  private void again(Key key, @Nullable Standing standing) {
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
  private List<News> fill(@Nullable Peer whom, List<News> forced, int room) {
    return fill(whom, forced, room, Integer.MAX_VALUE);
  }

  private List<News> fill(@Nullable Peer whom, List<News> forced, int room, int depth) {
    if (forced.isEmpty() && items.isEmpty() && (whom == null || innocent(whom))) {
      return List.of();
    }
    List<News> news = new ArrayList<>();
    for (News item : forced) {
      if (item.length() <= room && news.size() < 255) {
        news.add(item);
        room -= item.length();
      }
    }
    if (whom != null && !innocent(whom) && News.Rumor.LENGTH <= room) {
      news.add(whom.rumor(ctx.self()));
      room -= News.Rumor.LENGTH;
    }
    freshest(whom, news, room, depth);
    return news;
  }

  /**
   * One thought gone is not accused either: its answer is enough, and it need not sign anything.
   */
  private static boolean innocent(Peer peer) {
    return peer.standing() == Standing.ALIVE || peer.acquittable();
  }

  private void freshest(@Nullable Peer whom, List<News> news, int room, int depth) {
    int limit = limit();
    int misfits = 0;
    int end = Math.min(depth, tiers.count());
    for (int tier = 0; tier < end && misfits < MISFITS; tier++) {
      while (misfits < MISFITS && room >= News.Rumor.LENGTH && news.size() < 255) {
        Item item = tiers.pollFirst(tier);
        if (item == null) {
          break;
        }
        if (item.superseded) {
          continue;
        }
        boolean known = whom != null && item.key.subject.equals(whom.id);
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
        tiers.addFirst(tier, aside.get(i));
      }
      aside.clear();
    }
    for (Item item : told) {
      tiers.addLast(item.told, item);
    }
    told.clear();
  }

  /**
   * Has a round run: now, when the last is long enough ago. Fresh news don't wait for the round of
   * old ones; but those are told at their own pace, for who is just joining would miss a burst.
   */
  private void kick() {
    long interval = ctx.config.gossip().interval().toNanos();
    long whole = lastWhole + interval;
    boolean early = fresh() && spurt.left(ctx.now);
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

  /** Whether something has been told in fewer than two rounds. */
  private boolean fresh() {
    return tiers.anyBefore(twoRounds());
  }

  private void round() {
    next = null;
    lastRound = ctx.now;
    boolean whole = ctx.now - lastWhole >= ctx.config.gossip().interval().toNanos();
    if (whole) {
      lastWhole = ctx.now;
    } else {
      spurt.take(ctx.now);
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
      tiers.clear();
    } else if (!items.isEmpty()) {
      kick();
    }
  }

  private int roomForGossip() {
    return Codec.MAX_DATAGRAM - Codec.bareLength(new SwimMessage.Gossip(ctx.self(), List.of()));
  }
}
