package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.GuardedNetwork;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of this host's addresses may reach which others by the mesh. Immutable; a lookup costs one
 * comparison for each length of a prefix, however many prefixes there are.
 */
final class Reach {
  private final List<IndexPair> pairs = new ArrayList<>();

  private record IndexPair(Index from, Index to) {}

  /** The reach that a policy adds to a former one; all of it without a former one. */
  static Reach of(FirewallPolicy policy, @Nullable FirewallPolicy before) {
    Reach reach = new Reach();
    for (Zone zone : policy.zones()) {
      Set<Prefix> from = from(zone);
      Set<Prefix> to = to(zone);
      Set<Prefix> newFrom = new HashSet<>(from);
      Set<Prefix> newTo = new HashSet<>(to);
      if (before != null) {
        before.zones().stream()
            .filter(had -> had.vni().equals(zone.vni()))
            .forEach(
                had -> {
                  newFrom.removeAll(from(had));
                  newTo.removeAll(to(had));
                });
      }
      reach.add(from, newTo);
      reach.add(newFrom, to);
    }
    return reach;
  }

  /** Whether nothing reaches anything. */
  boolean isEmpty() {
    return pairs.isEmpty();
  }

  /** Whether one address may reach the other. */
  boolean covers(InetAddress from, InetAddress to) {
    for (IndexPair pair : pairs) {
      if (pair.from.contains(from) && pair.to.contains(to)) {
        return true;
      }
    }
    return false;
  }

  private void add(Set<Prefix> from, Set<Prefix> to) {
    if (!from.isEmpty() && !to.isEmpty()) {
      pairs.add(new IndexPair(new Index(from), new Index(to)));
    }
  }

  private static Set<Prefix> from(Zone zone) {
    Set<Prefix> from = new HashSet<>();
    zone.local().stream().map(GuardedNetwork::prefix).forEach(from::add);
    return from;
  }

  private static Set<Prefix> to(Zone zone) {
    Set<Prefix> to = from(zone);
    for (Remote peer : zone.peers()) {
      to.addAll(peer.prefixes());
      peer.overlays().forEach(overlay -> to.add(host(overlay)));
    }
    return to;
  }

  private static Prefix host(InetAddress address) {
    return Prefix.of(address, address.getAddress().length * 8);
  }

  private static final class Index {
    private final Set<Prefix> prefixes;
    private final Set<Integer> lengths4 = new TreeSet<>();
    private final Set<Integer> lengths6 = new TreeSet<>();

    Index(Set<Prefix> prefixes) {
      this.prefixes = Set.copyOf(prefixes);
      prefixes.forEach(one -> (one.isIpv4() ? lengths4 : lengths6).add(one.length()));
    }

    boolean contains(InetAddress address) {
      for (int length : address.getAddress().length == 4 ? lengths4 : lengths6) {
        if (prefixes.contains(Prefix.of(address, length))) {
          return true;
        }
      }
      return false;
    }
  }
}
