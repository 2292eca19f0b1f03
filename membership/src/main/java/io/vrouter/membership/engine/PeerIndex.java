package io.vrouter.membership.engine;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All members, indexed so that the cost of a step is that of the members it concerns. */
final class PeerIndex implements Codec.Heads {
  private final PeerTable peers = new PeerTable();

  /** Bytes counted for a member besides its payload. */
  static final int OVERHEAD = 512;

  /** Unanswered pings after which a stranger gets no gossip. */
  private static final int TRIES = 3;

  private final Map<InetSocketAddress, List<Peer>> byEndpoint = new HashMap<>();
  private final Map<InetAddress, List<Peer>> byAddress = new HashMap<>();
  private final List<Peer> live = new ArrayList<>();
  private final List<Peer> lost = new ArrayList<>();
  private final long[] buckets = new long[SwimMessage.Digest.MAX_BUCKETS];
  private final Peer self;
  private final RandomGenerator random;
  private @Nullable MembershipView view;
  private @Nullable Peer next;
  private long bytes;

  PeerIndex(Peer self, RandomGenerator random) {
    this.self = self;
    this.random = random;
    peers.add(self);
    bytes = cost(self);
    index(self);
    rehash(self, true);
  }

  Peer self() {
    return self;
  }

  @Nullable Peer get(NodeId id) {
    return peers.get(id);
  }

  /** Most heads that arrive are held already: decoding one allocates nothing then. */
  @Override
  public @Nullable SignedHead of(NodeId id) {
    Peer peer = peers.get(id);
    return peer == null ? null : peer.head();
  }

  /** Whether this is a member still: timers and probes outlive one that was dropped. */
  boolean holds(Peer peer) {
    return peers.get(peer.id) == peer;
  }

  Collection<Peer> all() {
    return peers;
  }

  int size() {
    return peers.size();
  }

  List<Peer> live() {
    return live;
  }

  List<Peer> lost() {
    return lost;
  }

  /** Members believed alive, this one included. */
  int count() {
    return live.size() + 1;
  }

  /** The members whose newest records name the endpoint. */
  List<Peer> at(InetSocketAddress endpoint) {
    return byEndpoint.getOrDefault(endpoint, List.of());
  }

  /** The members whose newest records name an endpoint at the address. */
  List<Peer> at(InetAddress address) {
    return byAddress.getOrDefault(address, List.of());
  }

  /** Bytes that all members count together. */
  long bytes() {
    return bytes;
  }

  static int cost(Peer peer) {
    return OVERHEAD + peer.payload().length();
  }

  void add(Peer peer) {
    peers.add(peer);
    bytes += cost(peer);
    index(peer);
    rehash(peer, true);
    place(peer);
    passed(peer);
    view = null;
  }

  void remove(Peer peer) {
    peers.remove(peer);
    bytes -= cost(peer);
    unindex(peer, peer.head().endpoint());
    buckets[bucket(peer.id, buckets.length)] ^= peer.hashed;
    unplace(peer, live);
    unplace(peer, lost);
    passed(peer);
    view = null;
  }

  /** Runs a change of a member's claim and keeps the indexes right. */
  void change(Peer peer, Runnable change) {
    InetSocketAddress before = peer.head().endpoint();
    boolean alone = byEndpoint.size() == peers.size(); // then each member is, wherever indexed
    boolean lived = peer.live();
    if (peer != self) {
      unplace(peer, lived ? live : lost);
    }
    bytes -= cost(peer);
    change.run();
    bytes += cost(peer);
    if (!alone || !before.equals(peer.head().endpoint())) {
      unindex(peer, before);
      index(peer);
    }
    place(peer);
    rehash(peer, true);
    if (lived != peer.live()) {
      passed(peer);
    }
    view = null;
  }

  /** A member came or went: the successor may change. */
  private void passed(Peer peer) {
    if (next != null && near(peer, next) <= 0) {
      next = null;
    }
  }

  private int near(Peer a, Peer b) {
    long from = self.id.high();
    int order = Long.compareUnsigned(a.id.high() - from, b.id.high() - from);
    return order != 0 ? order : Long.compareUnsigned(a.id.low(), b.id.low());
  }

  /**
   * The live member that follows this node in the circle of ids.
   *
   * @throws NoSuchElementException when there is none
   */
  Peer following() {
    Peer nearest = next;
    if (nearest == null) {
      nearest = Collections.min(live, this::near);
      next = nearest;
    }
    return nearest;
  }

  private void index(Peer peer) {
    InetSocketAddress endpoint = peer.head().endpoint();
    byEndpoint.computeIfAbsent(endpoint, e -> new ArrayList<>(1)).add(peer);
    byAddress.computeIfAbsent(endpoint.getAddress(), a -> new ArrayList<>(1)).add(peer);
  }

  private void unindex(Peer peer, InetSocketAddress endpoint) {
    remove(byEndpoint, endpoint, peer);
    remove(byAddress, endpoint.getAddress(), peer);
  }

  private static <K> void remove(Map<K, List<Peer>> index, K key, Peer peer) {
    List<Peer> there = index.get(key);
    if (there != null) {
      there.remove(peer);
      if (there.isEmpty()) {
        index.remove(key);
      }
    }
  }

  private void place(Peer peer) {
    if (peer != self && (peer.live() || peer.lost())) {
      List<Peer> list = peer.live() ? live : lost;
      peer.slot = list.size();
      list.add(peer);
    }
  }

  private static void unplace(Peer peer, List<Peer> list) {
    int slot = peer.slot;
    if (slot >= 0 && slot < list.size() && list.get(slot) == peer) {
      Peer last = list.remove(list.size() - 1);
      if (last != peer) {
        list.set(slot, last);
        last.slot = slot;
      }
      peer.slot = -1;
    }
  }

  /** Updates the member's part of its bucket's hash; one that exchanges don't name has no part. */
  void rehash(Peer peer, boolean named) {
    int bucket = bucket(peer.id, buckets.length);
    long hash = named ? hash(peer) : 0;
    peer.named = named;
    buckets[bucket] ^= peer.hashed ^ hash;
    peer.hashed = hash;
  }

  /**
   * A suspect or restarting member counts as alive, because these states are short. A replaced or
   * forgotten one has no part, so that it is not sent to a node that lacks it.
   */
  private static long hash(Peer peer) {
    Standing standing = peer.standing();
    if (standing.compareTo(Standing.FAILED) > 0) {
      return 0;
    }
    boolean failed = standing == Standing.FAILED && peer.state() != MemberState.LEFT;
    long fate = failed ? 1 : 0;
    long hash = mix(peer.id.high() + fate);
    hash = mix(hash ^ peer.id.low());
    hash = mix(hash ^ peer.head().incarnation());
    hash = mix(hash ^ peer.head().version());
    return mix(hash ^ peer.head().bootNonce());
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  static int bucket(NodeId id, int buckets) {
    return (int) id.low() & (buckets - 1);
  }

  /** The hashes folded into fewer buckets, a power of two. */
  List<Long> digest(int count) {
    long[] folded = new long[count];
    for (int i = 0; i < buckets.length; i++) {
      folded[i & (count - 1)] ^= buckets[i];
    }
    List<Long> hashes = new ArrayList<>(count);
    for (long hash : folded) {
      hashes.add(hash);
    }
    return hashes;
  }

  /**
   * Whether the member gets news: not after three unanswered pings when it never sent anything from
   * its endpoint, which may be a third party's.
   */
  private static boolean reached(Peer peer) {
    return peer.proven || peer.tries < TRIES;
  }

  /** Up to {@code count} different live members, never the one excluded. */
  List<Peer> pick(int count, @Nullable Peer excluded) {
    List<Peer> picked = new ArrayList<>(Math.min(count, live.size()));
    if (live.size() <= count + 1) {
      for (Peer peer : live) {
        if (peer != excluded && reached(peer)) {
          picked.add(random.nextInt(picked.size() + 1), peer);
        }
      }
      return picked.size() > count ? picked.subList(0, count) : picked;
    }
    for (int i = 0; picked.size() < count && i < 8 * count; i++) {
      pick(live.get(random.nextInt(live.size())), excluded, picked);
    }
    if (picked.size() < count) {
      int from = random.nextInt(live.size());
      for (int i = 0; picked.size() < count && i < live.size(); i++) {
        pick(live.get((from + i) % live.size()), excluded, picked);
      }
    }
    return picked;
  }

  private static void pick(Peer peer, @Nullable Peer excluded, List<Peer> picked) {
    if (peer != excluded && reached(peer) && !picked.contains(peer)) {
      picked.add(peer);
    }
  }

  void changed() {
    view = null;
  }

  MembershipView view(boolean settled, long origin) {
    MembershipView current = view;
    if (current == null || current.settled() != settled) {
      Map<NodeId, Member> members = new HashMap<>(peers.size() * 2);
      for (Peer peer : peers) {
        if (!peer.hidden()) {
          members.put(peer.id, peer.member(origin));
        }
      }
      current = new MembershipView(self.id, members, settled);
      view = current;
    }
    return current;
  }
}
