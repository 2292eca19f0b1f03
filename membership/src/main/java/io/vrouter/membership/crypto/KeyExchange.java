package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyMessage.KeyRefusal;
import io.vrouter.membership.crypto.KeyMessage.KeyStatements;
import io.vrouter.membership.crypto.KeyMessage.KeySummary;
import io.vrouter.membership.crypto.KeyMessage.RefusalReason;
import io.vrouter.membership.crypto.Keyring.Held;
import io.vrouter.membership.crypto.Keyring.Use;
import io.vrouter.membership.crypto.Statement.EpochStatement;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what nodes know of the keys equal: two bound nodes exchange summaries when they meet and
 * after each change, and what the other lacks when the summaries differ. Nothing is sent while all
 * know the same. Any thread; time is passed in.
 */
final class KeyExchange {
  /** Most peers remembered. */
  private static final int PEERS = 4096;

  /** Most datagrams of one call of {@link #due}. */
  private static final int BURST = 64;

  /** Nanoseconds to the second message to a peer; the gap doubles with each, up to the last. */
  static final long FIRST_GAP = TimeUnit.MILLISECONDS.toNanos(500);

  static final long LAST_GAP = TimeUnit.SECONDS.toNanos(60);
  private static final long STATE_GAP = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAG_GAP = TimeUnit.SECONDS.toNanos(1);

  /** Nanoseconds without another node after which the first epoch is made. */
  static final long ALONE = TimeUnit.SECONDS.toNanos(1);

  /** Nanoseconds in which a node that was refused makes no mesh of its own. */
  static final long REFUSED = TimeUnit.SECONDS.toNanos(60);

  private final KeyBook book;
  private final RandomGenerator random;
  private final Map<NodeId, KeyPeer> peers = bounded(PEERS);
  private final UnknownKeys strangers;
  private final long began;
  private Runnable wake = () -> {};
  private @Nullable LastRefusal refused;
  private KeySummary told;

  /** The last refusal that this node was given. */
  record LastRefusal(RefusalReason reason, InetSocketAddress by, long at) {}

  /** A message to seal for a peer, under this key; a null body stands for a first contact. */
  record Parcel(InetSocketAddress to, EpochKey under, @Nullable Bytes body) {}

  private static final class KeyPeer {
    private InetSocketAddress address;
    private Held under;
    private @Nullable KeySummary summary;
    private long next;
    private long gap = FIRST_GAP;
    private long stateAt;
    private boolean stateSent;
    private long lagged;

    private KeyPeer(InetSocketAddress address, Held under, long now) {
      this.address = address;
      this.under = under;
      this.next = now + FIRST_GAP;
      this.lagged = now - LAG_GAP;
    }
  }

  KeyExchange(KeyBook book, RandomGenerator random, long now) {
    this.book = book;
    this.random = random;
    this.began = now;
    this.strangers = new UnknownKeys(now);
    this.told = book.summary();
  }

  /** Sets what runs when {@link #due} has something, on any thread; it must return at once. */
  synchronized void wake(Runnable action) {
    wake = action;
  }

  /** A map that forgets what was used longest ago. */
  static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  /** The first message for a node that has proven itself. */
  synchronized List<Parcel> met(NodeId node, InetSocketAddress from, Held under, long now) {
    peer(node, from, under, now).summary = null;
    return List.of(new Parcel(from, under.key(), ours(true).encode()));
  }

  private KeyPeer peer(NodeId node, InetSocketAddress from, Held under, long now) {
    KeyPeer peer = peers.computeIfAbsent(node, id -> new KeyPeer(from, under, now));
    peer.address = from;
    peer.under = under;
    return peer;
  }

  private KeySummary ours(boolean asks) {
    KeySummary it = book.summary();
    return new KeySummary(it.number(), it.keyId(), it.digest(), asks);
  }

  /** A frame came under a former key: its sender may lack the current one. */
  synchronized void lagging(NodeId node, InetSocketAddress from, Held under, long now) {
    KeyPeer peer = peer(node, from, under, now);
    if (now - peer.lagged >= LAG_GAP && !book.summary().sameAs(peer.summary)) {
      peer.lagged = now;
      peer.next = now;
      peer.gap = FIRST_GAP;
      wake.run();
    }
  }

  /** A datagram under an unknown key came: another epoch of this mesh, or another mesh. */
  synchronized void stranger(InetSocketAddress from, long now) {
    if (strangers.came(from, now)) {
      wake.run();
    }
  }

  /** Whether datagrams of this address have been under unknown keys for a while. */
  synchronized boolean isStranger(InetSocketAddress from, long now) {
    return strangers.isStranger(from, now);
  }

  /** The keys changed. Any thread; holds no lock, since the book may hold its own. */
  void keysChanged() {
    strangers.keysChanged();
  }

  /** The effect of a message: replies, and whether this program never sends such a one. */
  record KeyOutcome(List<Parcel> replies, boolean offence) {}

  /** Takes a message of a bound node. */
  KeyOutcome take(NodeId node, InetSocketAddress from, Held under, ByteBuffer body, long now) {
    KeyMessage message = KeyMessage.read(body);
    if (message == null) {
      return new KeyOutcome(List.of(), true);
    }
    RefusalReason reason = book.refusal(node, under);
    synchronized (this) {
      KeyPeer peer = peer(node, from, under, now);
      strangers.met(from);
      if (message instanceof KeyRefusal refusal) {
        KeySummary ours = book.summary();
        if (peers.values().stream().anyMatch(it -> ours.sameAs(it.summary))) {
          return new KeyOutcome(
              List.of(), false); // this node is in the mesh, so one node's refusal means nothing
        }
        refused = new LastRefusal(refusal.reason(), from, now);
        if (refusal.reason() == RefusalReason.OUTDATED) {
          stranger(from, now); // this host's token may still admit it
        }
        return new KeyOutcome(List.of(), false);
      }
      if (reason != null) {
        boolean told = peer.stateSent && now - peer.stateAt < FIRST_GAP;
        peer.stateSent = true;
        peer.stateAt = now;
        Parcel no = new Parcel(from, under.key(), new KeyRefusal(reason).encode());
        return new KeyOutcome(told ? List.of() : List.of(no), false);
      }
      if (under.use() == Use.CURRENT) {
        book.arrived(node);
      }
      if (message instanceof KeySummary summary) {
        return new KeyOutcome(summary(node, peer, summary, now), false);
      }
    }
    return statements(node, from, under, ((KeyStatements) message).statements(), now);
  }

  private List<Parcel> summary(NodeId node, KeyPeer peer, KeySummary theirs, long now) {
    boolean again = theirs.sameAs(peer.summary);
    peer.summary = theirs;
    if (theirs.number() == 0 && book.summary().number() == 0) {
      if (book.self().compareTo(node) > 0) {
        return theirs.asks() ? List.of(parcel(peer, ours(false).encode())) : List.of();
      }
      book.found();
    }
    KeySummary ours = ours(false);
    List<Parcel> replies = new ArrayList<>();
    if (!theirs.sameAs(ours)) {
      boolean lately = peer.stateSent && now - peer.stateAt < (again ? peer.gap : STATE_GAP);
      if (!lately) {
        peer.stateSent = true;
        peer.stateAt = now;
        book.redeemed(peer.under, node);
        statements().forEach(state -> replies.add(parcel(peer, state.encode())));
        replies.add(parcel(peer, ours(true).encode()));
      }
    } else if (theirs.asks()) {
      replies.add(parcel(peer, ours.encode()));
    }
    return replies;
  }

  private List<KeyStatements> statements() {
    return book.read(
        (state, now) -> {
          EpochStatement epoch = state.current();
          return KeyMessage.states(state.others(now), state.ahead(), epoch);
        });
  }

  /** Sealed under the newest key that both are known to hold. */
  private Parcel parcel(KeyPeer peer, Bytes body) {
    KeySummary theirs = peer.summary;
    Held known = theirs == null ? null : book.keyring().held(theirs.keyId());
    Held under = known != null && known.carriesFrames() ? known : peer.under;
    return new Parcel(peer.address, under.key(), body);
  }

  private KeyOutcome statements(
      NodeId node, InetSocketAddress from, Held under, List<Statement> statements, long now) {
    KeySummary before = book.summary();
    for (Statement statement : statements) {
      if (!book.learn(statement)) {
        return new KeyOutcome(List.of(), true);
      }
    }
    if (before.sameAs(book.summary())) {
      return new KeyOutcome(List.of(), false);
    }
    synchronized (this) {
      KeyPeer peer = peer(node, from, under, now);
      Held current = book.keyring().held(book.keyring().id());
      boolean same = current != null && statements.stream().anyMatch(it -> brings(it, current));
      Held shared = same && current != null ? current : under;
      peer.under = shared;
      return new KeyOutcome(List.of(new Parcel(from, shared.key(), ours(true).encode())), false);
    }
  }

  private static boolean brings(Statement statement, Held current) {
    return statement instanceof EpochStatement epoch && epoch.key().id() == current.key().id();
  }

  /** The key that a peer is known to hold by its summary, when it is an epoch's; else null. */
  synchronized @Nullable EpochKey holds(NodeId node) {
    KeyPeer peer = peers.get(node);
    KeySummary theirs = peer == null ? null : peer.summary;
    Held known = theirs == null ? null : book.keyring().held(theirs.keyId());
    return known != null && known.carriesFrames() ? known.key() : null;
  }

  /** The messages that are due. */
  List<Parcel> due(long now) {
    book.tick();
    synchronized (this) {
      LastRefusal no = refused;
      boolean mayFound = no == null || now - no.at >= REFUSED;
      if (book.summary().number() == 0 && now - began >= ALONE && mayFound) {
        book.found();
      }
      KeySummary ours = book.summary();
      if (!ours.sameAs(told)) {
        told = ours;
        for (KeyPeer peer : peers.values()) {
          peer.next = now + random.nextLong(1 + TimeUnit.MILLISECONDS.toNanos(2) * peers.size());
          peer.gap = FIRST_GAP;
        }
      }
      peers.keySet().removeAll(book.banned());
      List<Parcel> parcels = new ArrayList<>();
      for (KeyPeer peer : peers.values()) {
        if (parcels.size() < BURST && !ours.sameAs(peer.summary) && now - peer.next >= 0) {
          peer.next = now + peer.gap;
          peer.gap = Math.min(2 * peer.gap, LAST_GAP);
          parcels.add(parcel(peer, ours(true).encode()));
        }
      }
      EpochKey token = book.token().admission();
      strangers.due(now).forEach(to -> parcels.add(new Parcel(to, token, null)));
      return parcels;
    }
  }

  /** The last refusal within {@link #REFUSED}, or null. */
  synchronized @Nullable LastRefusal refused(long now) {
    LastRefusal last = refused;
    return last != null && now - last.at < REFUSED ? last : null;
  }

  /** Each peer's last summary. */
  synchronized Map<NodeId, KeySummary> summaries() {
    Map<NodeId, KeySummary> all = new HashMap<>();
    peers.forEach(
        (node, peer) -> {
          if (peer.summary != null) {
            all.put(node, peer.summary);
          }
        });
    return all;
  }
}
