package io.vrouter.mesh.path;

import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides the time and size of each peer's probes, and keeps the results. Each peer is verified
 * every 4 s, from 20 peers on every 200 ms times their number, at most every 30 s, with a jitter of
 * 20 %. Not thread-safe; times are nanoseconds, monotonic.
 */
final class PathWatch {
  private static final long SHORTEST = Duration.ofSeconds(4).toNanos();
  private static final long LONGEST = Duration.ofSeconds(30).toNanos();
  private static final long PER_PEER = Duration.ofMillis(200).toNanos();
  private static final long FIRST = Duration.ofSeconds(1).toNanos();

  /** A peer probes within 1.2 intervals and as many timeouts as its phases take; twice that. */
  private static final int PAUSES = 3;

  /** A datagram to be sent. */
  record ProbeDatagram(InetAddress overlay, int size, long cookie) {}

  private final RandomGenerator random;
  private final Map<NodeId, PeerPath> paths = new HashMap<>();
  private final Map<Long, NodeId> underWay = new HashMap<>();
  private final Map<NodeId, Long> cookies = new HashMap<>();

  PathWatch(RandomGenerator random) {
    this.random = random;
  }

  /** Replaces the peers that are watched. */
  void targets(Collection<PathTarget> targets, long now) {
    Map<NodeId, PathTarget> wanted = new HashMap<>();
    targets.forEach(target -> wanted.put(target.peer(), target));
    paths.keySet().removeIf(peer -> !wanted.containsKey(peer));
    cookies
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !wanted.containsKey(entry.getKey());
              if (gone) {
                underWay.remove(entry.getValue());
              }
              return gone;
            });
    wanted.forEach(
        (peer, target) -> {
          PeerPath known = paths.get(peer);
          if (known == null) {
            paths.put(peer, new PeerPath(target, now, now + random.nextLong(FIRST)));
          } else {
            known.target(target, now);
          }
        });
  }

  /** The probes to send now. */
  List<ProbeDatagram> due(long now) {
    List<ProbeDatagram> due = new ArrayList<>();
    paths.forEach(
        (peer, path) -> {
          int size = path.run(now, interval());
          if (size > 0) {
            long cookie = random.nextLong();
            Long before = cookies.put(peer, cookie);
            if (before != null) {
              underWay.remove(before);
            }
            underWay.put(cookie, peer);
            due.add(new ProbeDatagram(path.target().overlay(), size, cookie));
          }
        });
    return due;
  }

  /** An answer; ignored unless it comes from the peer that the cookie was sent to. */
  void answered(InetAddress from, long cookie, long now) {
    PeerPath path = path(cookie);
    if (path != null && path.target().overlay().equals(from)) {
      underWay.remove(cookie);
      path.answered(now, interval());
    }
  }

  /** The probe is larger than this host's link takes. */
  void tooLarge(long cookie, long now) {
    PeerPath path = path(cookie);
    if (path != null) {
      path.tooLarge(now, interval());
    }
  }

  /** The probe was not sent: it is no evidence. */
  void notSent(long cookie, long now) {
    PeerPath path = path(cookie);
    if (path != null) {
      path.notSent(now, interval());
    }
  }

  /** Whether a path has no answer, so that the peers' own probes are evidence of the direction. */
  boolean missing() {
    return paths.values().stream()
        .anyMatch(path -> path.state().kind() == PathState.Kind.UNREACHABLE);
  }

  /** The ages of the peers' newest probes, by overlay address. */
  void arrivals(Map<InetAddress, Duration> ages, long now) {
    long longest = PAUSES * even();
    paths
        .values()
        .forEach(
            path -> {
              Duration age = ages.get(path.target().overlay());
              path.arrived(age == null ? null : Long.valueOf(age.toNanos()), now, longest);
            });
  }

  private @Nullable PeerPath path(long cookie) {
    NodeId peer = underWay.get(cookie);
    return peer == null ? null : paths.get(peer);
  }

  /** Time of the next probe or timeout; {@code otherwise} when no peer is watched. */
  long next(long otherwise) {
    long next = otherwise;
    for (PeerPath path : paths.values()) {
      if (path.next() - next < 0) {
        next = path.next();
      }
    }
    return next;
  }

  /** The results by peer. */
  Map<NodeId, PathState> states() {
    Map<NodeId, PathState> states = new TreeMap<>();
    paths.forEach((peer, path) -> states.put(peer, path.state()));
    return states;
  }

  private long even() {
    return Math.min(LONGEST, Math.max(SHORTEST, paths.size() * PER_PEER));
  }

  private long interval() {
    long even = even();
    return even - even / 5 + random.nextLong(2 * even / 5);
  }
}
