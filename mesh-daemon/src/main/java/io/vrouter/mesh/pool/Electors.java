package io.vrouter.mesh.pool;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The electors of a range: the members that rank first by a hash of range and node id (rendezvous
 * hashing). Hosts that know the same members compute the same electors, and one member more or less
 * changes the electors of few ranges.
 */
final class Electors {
  /** Most electors of a range: with 5, two may be gone and three still decide. */
  static final int COUNT = 5;

  private record Ranked(long rank, NodeId id) {
    static final Comparator<Ranked> ORDER =
        ((Comparator<Ranked>) (a, b) -> Long.compareUnsigned(a.rank, b.rank))
            .thenComparing(Ranked::id);
  }

  private Electors() {}

  /**
   * The electors of a range.
   *
   * @param members all known members that haven't left
   */
  static Set<NodeId> of(Prefix range, Collection<NodeId> members) {
    // The lowest rank of those kept is on top.
    PriorityQueue<Ranked> first = new PriorityQueue<>(COUNT + 1, Ranked.ORDER.reversed());
    long seed = mix(((long) network(range) << 8) | range.length());
    for (NodeId id : members) {
      first.add(new Ranked(mix(mix(seed ^ id.high()) ^ id.low()), id));
      if (first.size() > COUNT) {
        first.poll();
      }
    }
    Set<NodeId> electors = new HashSet<>();
    first.forEach(ranked -> electors.add(ranked.id()));
    return electors;
  }

  private static int network(Prefix range) {
    return ByteBuffer.wrap(range.address().getAddress()).getInt();
  }

  /** The finaliser of splitmix64: node ids are hashes already, and this runs per member. */
  private static long mix(long value) {
    long mixed = value + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
