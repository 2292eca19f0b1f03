package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.wire.SignedHead;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes room for a new member or a larger record, or refuses it. An identity costs only a key pair,
 * so the limits count per underlay address in the record: identities present, and new ones per
 * minute. All records together have a budget of bytes. Members that never sent anything from their
 * endpoints to this node (strangers) are dropped first; the others are not displaced by new ones
 * while they live.
 */
final class Room {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /** Most addresses with a count of arrivals; the one without arrivals for longest is dropped. */
  private static final int COUNTED = 4096;

  /** Tombstones kept at one address, per identity allowed there. */
  private static final int TOMBSTONES = 2;

  /** The rank of a member that is not dropped for another. */
  private static final int KEPT = 5;

  private static final class Arrivals {
    long since;
    int count;
  }

  private final Context ctx;
  private final SwimConfig.Bounds bounds;
  private final Map<InetAddress, Arrivals> arrivals = new LinkedHashMap<>(16, 0.75f, true);

  Room(Context ctx) {
    this.ctx = ctx;
    this.bounds = ctx.config.bounds();
  }

  /**
   * Whether a record would be refused now, so that its payload need not be fetched.
   *
   * @param peer the member, or null when it is not known yet
   */
  boolean refuses(SignedHead head, @Nullable Peer peer) {
    InetAddress address = head.endpoint().getAddress();
    if (peer == null) {
      boolean crowded = living(address) >= bounds.perAddress() && leastAt(address) == null;
      return crowded || tooMany(address);
    }
    return false;
  }

  /**
   * Makes room for a new member; whether there is some.
   *
   * @param firstHand whether the record came from its author, from the endpoint that it names
   */
  boolean newcomer(SignedHead head, int payload, boolean firstHand) {
    InetAddress address = head.endpoint().getAddress();
    if (refuses(head, null)) {
      return false;
    }
    if (living(address) >= bounds.perAddress()) {
      Peer least = leastAt(address);
      if (least != null) {
        drop(least, "another identity came to its address");
      }
    }
    if (ctx.peers.size() >= bounds.members()) {
      Peer least = leastMissed();
      if (least == null) {
        return false;
      }
      drop(least, "the table of members is full");
    }
    if (!bytes(null, PeerIndex.OVERHEAD + payload, firstHand)) {
      return false;
    }
    arrived(address);
    trimTombstones(address);
    return true;
  }

  /** Makes room for a record with more bytes; whether there is some. */
  boolean grown(Peer peer, int payload) {
    int more = payload - peer.payload().length();
    return more <= 0 || bytes(peer, more, peer.proven);
  }

  /**
   * Drops strangers until there is room: the largest record first for a known member; for a
   * stranger only larger ones, else failed ones.
   */
  private boolean bytes(@Nullable Peer receiver, int more, boolean known) {
    int own = receiver == null ? more : PeerIndex.OVERHEAD + receiver.payload().length() + more;
    while (ctx.peers.bytes() + more > bounds.bytes()) {
      Peer least = largestStranger(receiver);
      if (least != null && !known && PeerIndex.cost(least) <= own) {
        least = leastMissed();
        least = least == null || least == receiver || least.proven || least.live() ? null : least;
      }
      if (least == null) {
        return false;
      }
      drop(least, "the records of strangers are more than fit");
    }
    return true;
  }

  /**
   * The member to drop first: a stranger (lost, then gone, then live), else a tombstone, else one
   * that failed; among equals the one with the oldest state. Null when all are known and live.
   */
  private @Nullable Peer leastMissed() {
    Peer least = null;
    for (Peer peer : ctx.peers.all()) {
      if (peer != ctx.peers.self()
          && rank(peer) < KEPT
          && (least == null
              || rank(peer) < rank(least)
              || (rank(peer) == rank(least) && peer.since() < least.since()))) {
        least = peer;
      }
    }
    return least;
  }

  private static int rank(Peer peer) {
    if (!peer.proven) {
      return peer.lost() ? 0 : peer.live() ? 2 : 1;
    }
    return peer.state() == MemberState.FAILED ? 4 : peer.live() || peer.lost() ? KEPT : 3;
  }

  /** The stranger with the most bytes, except the one excluded. */
  private @Nullable Peer largestStranger(@Nullable Peer excluded) {
    Peer largest = null;
    for (Peer peer : ctx.peers.all()) {
      if (peer != ctx.peers.self()
          && peer != excluded
          && !peer.proven
          && (largest == null || PeerIndex.cost(peer) > PeerIndex.cost(largest))) {
        largest = peer;
      }
    }
    return largest;
  }

  private int living(InetAddress address) {
    int living = 0;
    for (Peer peer : ctx.peers.at(address)) {
      living += peer.live() || peer.lost() ? 1 : 0;
    }
    return living;
  }

  /** The member at the address to drop for a new one: a stranger, else a failed one. */
  private @Nullable Peer leastAt(InetAddress address) {
    Peer least = null;
    for (Peer peer : ctx.peers.at(address)) {
      boolean may = peer.live() ? !peer.proven : peer.lost();
      if (peer != ctx.peers.self() && may && (least == null || before(peer, least))) {
        least = peer;
      }
    }
    return least;
  }

  private static boolean before(Peer a, Peer b) {
    return a.proven != b.proven ? !a.proven : a.since() < b.since();
  }

  private void trimTombstones(InetAddress address) {
    List<Peer> tombstones =
        ctx.peers.at(address).stream()
            .filter(peer -> !peer.live() && !peer.lost())
            .sorted((a, b) -> Long.compare(a.since(), b.since()))
            .toList();
    int over = tombstones.size() - TOMBSTONES * bounds.perAddress();
    for (int i = 0; i < over; i++) {
      drop(tombstones.get(i), "its address has newer tombstones");
    }
  }

  private boolean tooMany(InetAddress address) {
    Arrivals lately = arrivals.get(address);
    return lately != null && ctx.now - lately.since < MINUTE && lately.count >= bounds.arrivals();
  }

  private void arrived(InetAddress address) {
    Arrivals lately = arrivals.computeIfAbsent(address, a -> new Arrivals());
    if (lately.count == 0 || ctx.now - lately.since >= MINUTE) {
      lately.since = ctx.now;
      lately.count = 0;
    }
    lately.count++;
    if (arrivals.size() > COUNTED) {
      arrivals.remove(arrivals.keySet().iterator().next());
    }
  }

  private void drop(Peer peer, String cause) {
    ctx.tally.overflow++;
    ctx.peers.remove(peer);
    if (!peer.hidden()) {
      ctx.emit(new MembershipEvent.Forgotten(peer.id, cause));
    }
  }
}
