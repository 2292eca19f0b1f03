package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.plan.RemoteHost;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Recent former tunnel ends of peers. A peer's packets may still come from there, and a permanent
 * forwarding entry would drop them.
 */
final class MovedUnderlays {
  /** How long a peer counts as moving. */
  static final Duration DURATION = Duration.ofSeconds(3);

  private final Map<NodeId, InetAddress> last = new HashMap<>();
  private final Map<NodeId, Map<InetAddress, Long>> left = new HashMap<>();

  /** Records the present tunnel end of every peer. */
  void update(Collection<RemoteHost> peers, long now) {
    Set<NodeId> live = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (!peer.state().keepsDataPath()) {
        continue;
      }
      live.add(peer.id());
      InetAddress underlay = peer.record().underlay();
      InetAddress before = last.put(peer.id(), underlay);
      if (before != null && !before.equals(underlay)) {
        left.computeIfAbsent(peer.id(), key -> new HashMap<>())
            .put(before, now + DURATION.toNanos());
      }
      left.getOrDefault(peer.id(), new HashMap<>()).remove(underlay);
    }
    last.keySet().retainAll(live);
    left.keySet().retainAll(live);
    left.values().forEach(addresses -> addresses.values().removeIf(until -> now - until >= 0));
    left.values().removeIf(Map::isEmpty);
  }

  /** Addresses that peers have just left. */
  Map<NodeId, Set<InetAddress>> moving() {
    Map<NodeId, Set<InetAddress>> moving = new HashMap<>();
    left.forEach((id, addresses) -> moving.put(id, Set.copyOf(addresses.keySet())));
    return moving;
  }

  /** When the next of them ends; empty when no peer is moving. */
  Optional<Long> deadline() {
    return left.values().stream()
        .flatMap(addresses -> addresses.values().stream())
        .reduce((a, b) -> a - b < 0 ? a : b);
  }
}
