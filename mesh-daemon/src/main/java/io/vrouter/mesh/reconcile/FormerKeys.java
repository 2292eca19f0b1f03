package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.record.WireGuardKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * WireGuard keys that were in peers' records until lately. They stay peers of this host's devices
 * for {@link TunnelBook#LEFT}: a host that gives encryption up publishes that before its last
 * encrypted packet. A host that is gone has none.
 */
final class FormerKeys {
  private final Map<NodeId, Set<WireGuardKey>> told = new HashMap<>();
  private final Map<NodeId, Map<WireGuardKey, Long>> left = new HashMap<>();

  /** Takes in the present records. */
  void update(Collection<RemoteHost> peers, long now) {
    Set<NodeId> live = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (peer.state().keepsDataPath()) {
        live.add(peer.id());
        update(peer, now);
      }
    }
    told.keySet().retainAll(live);
    left.keySet().retainAll(live);
    left.values().forEach(keys -> keys.values().removeIf(until -> now - until >= 0));
    left.values().removeIf(Map::isEmpty);
  }

  private void update(RemoteHost peer, long now) {
    Set<WireGuardKey> present = Set.copyOf(peer.record().tunnel().keys());
    Set<WireGuardKey> before = told.put(peer.id(), present);
    Map<WireGuardKey, Long> keys = left.computeIfAbsent(peer.id(), id -> new HashMap<>());
    if (before != null) {
      before.stream()
          .filter(key -> !present.contains(key))
          .forEach(key -> keys.put(key, now + TunnelBook.LEFT.toNanos()));
    }
    keys.keySet().removeAll(present);
  }

  /** Those that still count, by their host. */
  Map<NodeId, List<WireGuardKey>> keys() {
    Map<NodeId, List<WireGuardKey>> keys = new HashMap<>();
    left.forEach((id, some) -> keys.put(id, List.copyOf(some.keySet())));
    return keys;
  }

  /** When the next of them ends; empty when there is none. */
  Optional<Long> deadline() {
    return left.values().stream()
        .flatMap(keys -> keys.values().stream())
        .reduce((a, b) -> a - b < 0 ? a : b);
  }
}
