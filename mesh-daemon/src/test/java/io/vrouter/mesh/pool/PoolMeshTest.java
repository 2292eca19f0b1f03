package io.vrouter.mesh.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many hosts that meet in pairs, are cut into halves, heal, and use what they were given. */
class PoolMeshTest {
  // Small, so that hosts that don't know each other often reach for the same range.
  private static final Prefix POOL = Prefix.parse("10.128.0.0/13");

  @Property(tries = 300)
  void endsWithoutClashAndNeverMovesWhatWasAcknowledged(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 9) int count) {
    Random random = new Random(seed);
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hosts.add(new Host(new NodeId(random.nextLong(), i)));
    }
    // They know of each other, as from records before anybody claimed anything.
    for (Host host : hosts) {
      hosts.forEach(other -> host.heard.put(other.id, new Told(0, List.of(), List.of())));
    }
    hosts.forEach(Host::decide);
    for (int phase = 0; phase < 4; phase++) {
      boolean cut = phase % 2 == 0;
      for (int meeting = 0; meeting < count * 4; meeting++) {
        Host a = hosts.get(random.nextInt(count));
        Host b = hosts.get(random.nextInt(count));
        boolean sameSide = hosts.indexOf(a) % 2 == hosts.indexOf(b) % 2;
        if (a != b && (!cut || sameSide)) {
          meet(a, b);
        }
        if (random.nextInt(6) == 0) {
          a.use(random.nextInt(40));
        }
      }
    }
    for (int round = 0; round < 6; round++) {
      for (Host a : hosts) {
        for (Host b : hosts) {
          if (a != b) {
            meet(a, b);
          }
        }
      }
    }

    Set<Prefix> claimed = new HashSet<>();
    for (Host host : hosts) {
      assertThat(host.lost).as("acknowledged ranges lost by %s", host.id).isEmpty();
      assertThat(host.state.ranges()).isNotEmpty();
      assertThat(host.state.provisional()).isFalse();
      host.state.ranges().forEach(range -> assertThat(claimed.add(range.prefix())).isTrue());
    }
  }

  /** A whole exchange: afterwards both hold what either held, and both decide on it. */
  private static void meet(Host a, Host b) {
    Map<NodeId, Told> all = new TreeMap<>(a.heard);
    b.heard.forEach((id, told) -> all.merge(id, told, Told::newer));
    a.heard.putAll(all);
    b.heard.putAll(all);
    a.decide();
    b.decide();
  }

  private record Told(long version, List<PoolRange> ranges, List<PoolVote> votes) {
    static Told newer(Told a, Told b) {
      return a.version >= b.version ? a : b;
    }
  }

  private static final class Host {
    final NodeId id;
    final Map<NodeId, Told> heard = new HashMap<>();
    final Map<Prefix, String> used = new HashMap<>();
    final List<PoolRange> lost = new ArrayList<>();
    PoolState state = PoolState.empty();
    long version;

    Host(NodeId id) {
      this.id = id;
    }

    void use(int index) {
      if (!state.ranges().isEmpty()) {
        used.put(Subnets.at(state.ranges().get(0).prefix(), 24, index), "net");
        decide();
      }
    }

    void decide() {
      List<PoolPeer> peers = new ArrayList<>();
      heard.forEach(
          (who, told) -> peers.add(new PoolPeer(who, who.abbreviated(), told.ranges, told.votes)));
      PoolState next =
          PoolRanges.settle(new PoolSituation(id, POOL, state, peers, used, Set.of())).state();
      for (PoolRange range : state.ranges()) {
        if (range.acknowledged() && !next.ranges().contains(range)) {
          lost.add(range);
        }
      }
      boolean changed =
          !next.ranges().equals(state.ranges()) || !next.votes().equals(state.votes());
      state = next;
      if (changed) {
        version++;
        heard.put(id, new Told(version, state.ranges(), state.votes()));
      }
    }
  }
}
