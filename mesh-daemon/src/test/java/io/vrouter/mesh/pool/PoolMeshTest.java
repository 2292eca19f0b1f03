package io.vrouter.mesh.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Many hosts that know of each other and hear each other's records late, old ones after new ones
 * where they were restarted, are cut apart, claim on both sides and heal.
 */
class PoolMeshTest {
  // Eight ranges, so that hosts often reach for the same one.
  private static final Prefix POOL = Prefix.parse("10.128.0.0/15");

  @Property(tries = 300)
  void noRangeIsEverAcknowledgedTwiceWhereAllKnowTheSameMembers(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int count) {
    Random random = new Random(seed);
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hosts.add(new Host(new NodeId(random.nextLong(), random.nextLong())));
    }
    Set<NodeId> everybody = new HashSet<>();
    hosts.forEach(host -> everybody.add(host.id));
    hosts.forEach(host -> host.members.addAll(everybody));

    for (int phase = 0; phase < 4; phase++) {
      boolean cut = phase % 2 == 0;
      for (int event = 0; event < count * 12; event++) {
        int at = random.nextInt(count);
        Host host = hosts.get(at);
        Host from = hosts.get(random.nextInt(count));
        switch (random.nextInt(12)) {
          case 0 -> host.restart();
          case 1 -> host.wanted = true;
          case 2 -> host.use(random.nextInt(40));
          default -> {
            boolean sameSide = hosts.indexOf(from) % 2 == at % 2;
            if (!cut || sameSide) {
              // One record, be it the sender's own or one that it only passes on.
              host.hear(from, hosts.get(random.nextInt(count)).id);
            }
          }
        }
        host.decide();
        assertNoneTwice(hosts);
      }
    }
    hosts.forEach(host -> host.wanted = true);
    for (int round = 0; round < 12; round++) {
      for (Host to : hosts) {
        for (Host from : hosts) {
          everybody.forEach(about -> to.hear(from, about));
        }
        to.decide();
        assertNoneTwice(hosts);
      }
    }
    Set<Prefix> claimed = new HashSet<>();
    for (Host host : hosts) {
      assertThat(host.lost).as("acknowledged ranges lost by %s", host.id).isEmpty();
      assertThat(host.state.ranges()).isNotEmpty();
      assertThat(host.state.provisional()).isFalse();
      assertThat(host.state.share().votes()).isEmpty();
      host.state.ranges().forEach(range -> assertThat(claimed.add(range.prefix())).isTrue());
    }
  }

  private static void assertNoneTwice(List<Host> hosts) {
    Set<Prefix> acknowledged = new HashSet<>();
    for (Host host : hosts) {
      for (PoolRange range : host.state.ranges()) {
        if (range.acknowledged()) {
          assertThat(acknowledged.add(range.prefix())).as("%s twice", range.prefix()).isTrue();
        }
      }
    }
  }

  private record Told(long version, PoolShare share) {}

  private static PoolShare signed(PoolShare share) {
    return new PoolShare(
        share.ranges(),
        share.votes().stream().map(vote -> vote.with(PoolHost.SIGNED)).toList(),
        share.lamport());
  }

  private static final class Host {
    final NodeId id;
    final Set<NodeId> members = new HashSet<>();
    final Map<NodeId, Told> heard = new HashMap<>();
    final Map<Prefix, String> used = new HashMap<>();
    final List<PoolRange> lost = new ArrayList<>();
    boolean wanted;
    PoolState state = PoolState.NONE;
    long version;

    Host(NodeId id) {
      this.id = id;
    }

    /** What isn't on the disk is gone. */
    void restart() {
      heard.clear();
      wanted = !state.ranges().isEmpty();
    }

    void hear(Host from, NodeId about) {
      Told told = from.id.equals(about) ? new Told(from.version, signed(from.state.share())) : null;
      told = told == null ? from.heard.get(about) : told;
      if (told != null && !about.equals(id)) {
        Told newest = told;
        heard.merge(about, newest, (a, b) -> a.version >= b.version ? a : b);
      }
    }

    void use(int index) {
      if (!state.ranges().isEmpty()) {
        used.put(Subnets.at(state.ranges().get(0).prefix(), 24, index), "net");
      }
    }

    void decide() {
      List<PoolPeer> peers = new ArrayList<>();
      for (NodeId member : members) {
        Told told = heard.get(member);
        peers.add(
            new PoolPeer(
                member,
                member.abbreviated(),
                PoolPeer.VoterState.ALIVE,
                told == null ? PoolShare.NONE : told.share));
      }
      PoolState next =
          PoolRanges.settle(
                  new PoolSituation(
                      id,
                      POOL,
                      wanted,
                      true,
                      true,
                      state,
                      peers,
                      Set.of(),
                      new PoolSituation.EngineSubnets(true, used),
                      Set.of(),
                      Set.of(),
                      Set.of(),
                      (elector, vote, signature) -> signature.equals(PoolHost.SIGNED)))
              .state();
      for (PoolRange range : state.ranges()) {
        if (range.acknowledged()
            && next.ranges().stream()
                .noneMatch(
                    it ->
                        it.acknowledged() && PoolVote.of(id, it).equals(PoolVote.of(id, range)))) {
          lost.add(range);
        }
      }
      if (!next.share().equals(state.share())) {
        version++;
      }
      state = next;
    }
  }
}
