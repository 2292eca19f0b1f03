package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The admitted sessions. An address has a quota; its least recently active session makes room.
 * Addresses of known members have {@link #RESERVED} places that no other address gets, and displace
 * others. A displaced session is not admitted again before every cookie that could have admitted it
 * has expired: else a replayed answer would admit it with an empty replay window. Any thread.
 */
final class SessionTable {
  /** Most sessions. */
  static final int CAPACITY = 4096;

  /** Places for known members. */
  static final int RESERVED = 1024;

  private final int capacity;
  private final int perAddress;
  private final Map<Id, AdmittedSession> sessions = new HashMap<>();
  private final ExpiringSet<Id> displaced;
  private Predicate<InetAddress> members = address -> false;

  /**
   * Creates an empty table.
   *
   * @param perAddress most sessions of one IP address
   */
  SessionTable(int capacity, int perAddress) {
    this.capacity = capacity;
    this.perAddress = perAddress;
    this.displaced = new ExpiringSet<>(capacity, Cookies.LIFETIME);
  }

  /** One boot of a sender at one address. */
  record Id(Salt salt, InetSocketAddress source) {
    // Hand-written: see NodeId.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Id that && salt.equals(that.salt) && source.equals(that.source);
    }

    @Override
    public int hashCode() {
      return 31 * salt.hashCode() + source.hashCode();
    }
  }

  /**
   * The keys of a session.
   *
   * @param node the proven node
   * @param share the node's X25519 share
   * @param mesh opens its multicasts, by the epoch's key
   * @param pair opens its unicasts to this node, by the epoch's key
   */
  record SessionKeys(
      NodeId node,
      Bytes share,
      Function<EpochKey, SecretKey> mesh,
      Function<EpochKey, SecretKey> pair) {}

  /** The keys derived last: two, since a rotation uses two at a time. */
  private static final class LastDerived {
    private final Function<EpochKey, SecretKey> derivation;
    private @Nullable EpochKey newer;
    private @Nullable SecretKey newerKey;
    private @Nullable EpochKey older;
    private @Nullable SecretKey olderKey;

    private LastDerived(Function<EpochKey, SecretKey> derivation) {
      this.derivation = derivation;
    }

    private synchronized SecretKey of(EpochKey epoch) {
      SecretKey key = is(newer, epoch) ? newerKey : is(older, epoch) ? olderKey : null;
      if (key == null) {
        key = derivation.apply(epoch);
        older = newer;
        olderKey = newerKey;
        newer = epoch;
        newerKey = key;
      }
      return key;
    }

    private static boolean is(@Nullable EpochKey held, EpochKey epoch) {
      return held != null && held.id() == epoch.id();
    }
  }

  /** One admitted session. */
  static final class AdmittedSession {
    private final SessionKeys keys;
    private final LastDerived meshKeys;
    private final LastDerived pairKeys;
    private final ReplayWindow pair;
    private final ReplayWindow group;
    private long heard;
    private long replied;
    private int replies;

    private AdmittedSession(SessionKeys keys, long counter, long now) {
      this.keys = keys;
      this.meshKeys = new LastDerived(keys.mesh);
      this.pairKeys = new LastDerived(keys.pair);
      this.pair = new ReplayWindow(counter);
      this.group = new ReplayWindow(counter);
      this.heard = now;
    }

    SessionKeys keys() {
      return keys;
    }

    /** Opens this session's multicasts of an epoch. */
    SecretKey meshKey(EpochKey epoch) {
      return meshKeys.of(epoch);
    }

    /** Opens this session's unicasts of an epoch. */
    SecretKey pairKey(EpochKey epoch) {
      return pairKeys.of(epoch);
    }

    /** Whether a datagram with this counter was opened before. */
    synchronized boolean seen(long counter) {
      return pair.seen(counter);
    }

    /** Whether an authenticated datagram with this counter, for this node alone, is new. */
    synchronized boolean accept(long counter, long now) {
      heard = now;
      return pair.accept(counter);
    }

    /** Whether an authenticated datagram with this counter, for the group, is new. */
    synchronized boolean acceptGroup(long counter, long now) {
      heard = now;
      return group.accept(counter);
    }

    /** Whether this session may cause another reply: once per gap, in nanoseconds. */
    synchronized boolean reply(long now, long gap) {
      if (replies > 0 && now - replied < gap) {
        return false;
      }
      replies = 1;
      replied = now;
      return true;
    }

    private synchronized long heard() {
      return heard;
    }
  }

  /** Sets the addresses that reserved places are for; called on any thread. */
  synchronized void reserve(Predicate<InetAddress> forMembers) {
    members = forMembers;
  }

  synchronized @Nullable AdmittedSession find(Id id) {
    return sessions.get(id);
  }

  /** Whether {@link #admit} would refuse it in any case. */
  synchronized boolean wasDisplaced(Id id, long now) {
    return displaced.contains(id, now);
  }

  /**
   * Admits a session with windows that end at this counter; false when there is no place for it.
   */
  synchronized boolean admit(Id id, SessionKeys keys, long counter, long now) {
    if (displaced.contains(id, now)) {
      return false;
    }
    if (sessions.containsKey(id)) {
      return true;
    }
    Id eldest = eldestOf(id.source.getAddress());
    boolean member = members.test(id.source.getAddress());
    int limit = member ? capacity : capacity - capacity * RESERVED / CAPACITY;
    if (eldest == null && sessions.size() >= limit) {
      eldest = eldestStranger(member, now);
      if (eldest == null) {
        return false;
      }
    }
    if (eldest != null) {
      if (!displaced.add(eldest, now)) {
        return false;
      }
      sessions.remove(eldest);
    }
    sessions.put(id, new AdmittedSession(keys, counter, now));
    return true;
  }

  /** The least recently active session of an address at its quota, else null. */
  private @Nullable Id eldestOf(InetAddress address) {
    Id eldest = null;
    long heard = 0;
    int count = 0;
    for (Map.Entry<Id, AdmittedSession> entry : sessions.entrySet()) {
      if (entry.getKey().source.getAddress().equals(address)) {
        long at = entry.getValue().heard();
        if (count == 0 || at - heard < 0) {
          eldest = entry.getKey();
          heard = at;
        }
        count++;
      }
    }
    return count >= perAddress ? eldest : null;
  }

  /**
   * The least recently active session of a non-member: an idle one, or any when a member needs the
   * place.
   */
  private @Nullable Id eldestStranger(boolean forMember, long now) {
    Id eldest = null;
    long heard = 0;
    for (Map.Entry<Id, AdmittedSession> entry : sessions.entrySet()) {
      long at = entry.getValue().heard();
      boolean idle = forMember || now - at > Cookies.LIFETIME;
      if (idle
          && (eldest == null || at - heard < 0)
          && !members.test(entry.getKey().source.getAddress())) {
        eldest = entry.getKey();
        heard = at;
      }
    }
    return eldest;
  }

  /** Whether a node other than this one has a session at an IP address. */
  synchronized boolean hasOther(InetAddress address, NodeId node) {
    return sessions.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().source.getAddress().equals(address)
                    && !entry.getValue().keys.node.equals(node));
  }

  /** Ends all sessions of a node. */
  synchronized void end(NodeId node, long now) {
    for (Map.Entry<Id, AdmittedSession> entry : Map.copyOf(sessions).entrySet()) {
      if (entry.getValue().keys.node.equals(node)) {
        displaced.add(entry.getKey(), now);
        sessions.remove(entry.getKey());
      }
    }
  }

  synchronized int size() {
    return sessions.size();
  }
}
