package io.vrouter.mesh.pool;

import static io.vrouter.mesh.pool.PoolHost.HIGHER;
import static io.vrouter.mesh.pool.PoolHost.LOWER;
import static io.vrouter.mesh.pool.PoolHost.POOL;
import static io.vrouter.mesh.pool.PoolHost.SELF;
import static io.vrouter.mesh.pool.PoolHost.claims;
import static io.vrouter.mesh.pool.PoolHost.held;
import static io.vrouter.mesh.pool.PoolHost.told;
import static io.vrouter.mesh.pool.PoolHost.votes;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolVotesTest {
  private final PoolHost host = new PoolHost();

  @Test
  void acknowledgedClaimIsNotTakenByAnOlderProvisionalOne() {
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 7, true);
    PoolRange older = new PoolRange(range.prefix(), 1, false);

    assertThat(host.settle(held(range), claims(LOWER, older)).state().ranges())
        .containsExactly(range);
  }

  @Test
  void whoLeftClaimsAnewAndLosesToWhoWasAcknowledgedMeanwhile() {
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 7, true);
    PoolState back = held(range).departed();

    assertThat(back.ranges()).containsExactly(new PoolRange(range.prefix(), 8, false));
    assertThat(host.settle(back, claims(HIGHER, 9, range.prefix())).state())
        .satisfies(it -> assertThat(it.ranges().get(0).prefix()).isNotEqualTo(range.prefix()));
    assertThat(host.settle(back).state().ranges()).isEqualTo(back.ranges());
  }

  @Test
  void majorityOfElectorsAcknowledges() {
    // The others, with this host as an elector where there are less than five of them.
    assertThat(acknowledged(0, 0)).isFalse();
    assertThat(acknowledged(0, 1)).isFalse();
    assertThat(acknowledged(1, 1)).isTrue();
    assertThat(acknowledged(1, 2)).isTrue();
    assertThat(acknowledged(1, 3)).isFalse();
    assertThat(acknowledged(2, 3)).isTrue();
    assertThat(acknowledged(1, 4)).isFalse();
    assertThat(acknowledged(2, 4)).isTrue();
  }

  @Test
  void onlyElectorsVoteAndOnlyTheirVotesCount() {
    PoolState mine = host.settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    List<PoolPeer> silent = new ArrayList<>();
    List<NodeId> members = new ArrayList<>(List.of(SELF));
    for (int i = 0; i < 40; i++) {
      members.add(new NodeId(7, i));
    }
    Set<NodeId> electors = Electors.of(range.prefix(), members);
    assertThat(electors).hasSize(Electors.COUNT);
    members.remove(SELF);
    for (NodeId id : members) {
      silent.add(electors.contains(id) ? claims(id) : votes(id, range));
    }
    assertThat(host.settle(mine, silent.toArray(PoolPeer[]::new)).state().provisional()).isTrue();

    host.wanted = false;
    int voters = 0;
    for (int i = 0; i < 40; i++) {
      PoolRange theirs = new PoolRange(Subnets.at(POOL, 18, i), 1, false);
      PoolPeer candidate = claims(members.get(0), theirs);
      List<PoolPeer> others = new ArrayList<>(List.of(candidate));
      members.stream().skip(1).forEach(id -> others.add(claims(id)));
      boolean elector = Electors.of(theirs.prefix(), all(members)).contains(SELF);
      voters += elector ? 1 : 0;
      assertThat(
              host.settle(PoolState.NONE, others.toArray(PoolPeer[]::new)).state().share().votes())
          .hasSize(elector ? 1 : 0);
    }
    assertThat(voters).isPositive().isLessThan(20);
  }

  private static List<NodeId> all(List<NodeId> others) {
    List<NodeId> all = new ArrayList<>(others);
    all.add(SELF);
    return all;
  }

  @Test
  void electorsAreTheSameForEverybodyAndHardlyChangeWithOneMemberMore() {
    List<NodeId> members = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      members.add(new NodeId(i * 7919L, i));
    }
    List<NodeId> more = new ArrayList<>(members);
    more.add(new NodeId(1, 1));
    java.util.Collections.reverse(more);
    int changed = 0;
    for (int i = 0; i < 256; i++) {
      Prefix range = Subnets.at(POOL, 18, i);
      Set<NodeId> before = Electors.of(range, members);
      Set<NodeId> after = Electors.of(range, more);
      assertThat(before).hasSize(5);
      after.removeAll(before);
      assertThat(after).hasSizeLessThan(2);
      changed += after.size();
    }
    assertThat(changed).isPositive().isLessThan(40);
  }

  @Test
  void rangeThatCanBeAcknowledgedNowGoesBeforeOneThatCanNot() {
    // Three of ten answer, this host among them: few ranges have three of five electors there.
    List<PoolPeer> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(
          new PoolPeer(
              new NodeId(7, i),
              "n",
              i < 2 ? PoolPeer.VoterState.ALIVE : PoolPeer.VoterState.SILENT,
              PoolShare.NONE));
    }
    Prefix range =
        host.settle(PoolState.NONE, others.toArray(PoolPeer[]::new))
            .state()
            .ranges()
            .get(0)
            .prefix();
    List<NodeId> members = new ArrayList<>(others.stream().map(PoolPeer::id).toList());
    members.add(SELF);

    assertThat(Electors.of(range, members))
        .contains(SELF, new NodeId(7, 0), new NodeId(7, 1))
        .hasSize(5);
  }

  @Test
  void voteStandsUntilTheClaimIsGivenUpAndIsKeptWhenItIsAcknowledged() {
    Prefix range = Prefix.parse("10.190.0.0/18");
    host.wanted = false;
    PoolPeer worse = claims(HIGHER, new PoolRange(range, 5, false));
    PoolPeer better = claims(LOWER, new PoolRange(range, 1, false));

    PoolState voted = host.settle(PoolState.NONE, worse).state();
    assertThat(voted.share().votes()).containsExactly(new PoolVote(range, HIGHER, 5));
    assertThat(host.settle(voted, worse, better).state()).isEqualTo(voted);
    // Restarted, and hearing of the better one first, or of the first by an old record.
    assertThat(host.settle(voted, better).state()).isEqualTo(voted);
    assertThat(host.settle(voted, better, told(HIGHER, 4)).state()).isEqualTo(voted);

    PoolState changed = host.settle(voted, told(HIGHER, 6), better).state();
    assertThat(changed.share().votes()).containsExactly(new PoolVote(range, LOWER, 1));

    PoolState kept = host.settle(voted, claims(HIGHER, 5, range), better).state();
    assertThat(kept.share().votes()).isEmpty();
    assertThat(kept.kept()).containsExactly(new PoolVote(range, HIGHER, 5));
    assertThat(host.settle(kept, better).state()).isEqualTo(kept);

    host.forgotten = Set.of(HIGHER);
    assertThat(host.settle(kept, better).state().share().votes())
        .containsExactly(new PoolVote(range, LOWER, 1));
    host.forgotten = Set.of();
    PoolPeer left =
        new PoolPeer(HIGHER, "n9", PoolPeer.VoterState.DEPARTED, claims(HIGHER, 5, range).share());
    assertThat(host.settle(kept, left, better).state().share().votes())
        .containsExactly(new PoolVote(range, LOWER, 1));
  }

  @Test
  void whatThisHostVotedForItDoesNotClaim() {
    Prefix favourite = host.settle(PoolState.NONE).state().ranges().get(0).prefix();
    PoolState voted =
        new PoolState(
            PoolShare.NONE, Map.of(), List.of(new PoolVote(favourite, new NodeId(3, 3), 1)));

    assertThat(host.settle(voted).state().ranges().get(0).prefix()).isNotEqualTo(favourite);
  }

  private boolean acknowledged(int votes, int known) {
    PoolState mine = host.settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    List<PoolPeer> others = new ArrayList<>();
    for (int i = 0; i < known; i++) {
      NodeId id = new NodeId(7, i);
      // A vote for an earlier claim of the same range is none for this one.
      others.add(
          votes(id, i < votes ? range : new PoolRange(range.prefix(), range.lamport() + 1, false)));
    }
    return !host.settle(mine, others.toArray(PoolPeer[]::new)).state().provisional();
  }
}
