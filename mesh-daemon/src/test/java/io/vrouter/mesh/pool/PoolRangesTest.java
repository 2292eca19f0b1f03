package io.vrouter.mesh.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolRangesTest {
  private static final Prefix POOL = Prefix.parse("10.128.0.0/10");
  private static final NodeId SELF = new NodeId(0, 5);
  private static final NodeId LOWER = new NodeId(0, 1);
  private static final NodeId HIGHER = new NodeId(0, 9);

  @Test
  void aloneOneProvisionalRangeIsClaimedAndKept() {
    PoolState first = settle(PoolState.empty()).state();

    assertThat(first.ranges()).hasSize(1);
    assertThat(first.provisional()).isTrue();
    assertThat(POOL.contains(first.ranges().get(0).prefix())).isTrue();
    assertThat(settle(first).state()).isEqualTo(first);
  }

  @Test
  void sameHostReachesForTheSameRange() {
    assertThat(settle(PoolState.empty()).state()).isEqualTo(settle(PoolState.empty()).state());
  }

  @Test
  void whatOthersClaimIsSkippedAndTheLamportNumberRises() {
    PoolRange favourite = settle(PoolState.empty()).state().ranges().get(0);
    PoolRange theirs = new PoolRange(favourite.prefix(), 41, false);

    PoolState state = settle(PoolState.empty(), claims(HIGHER, "n9", theirs)).state();

    assertThat(state.ranges().get(0).prefix()).isNotEqualTo(favourite.prefix());
    assertThat(state.ranges().get(0).lamport()).isEqualTo(42);
    assertThat(state.highestLamport()).isEqualTo(42);
  }

  @Test
  void clashOfProvisionalClaimsGoesByLamportThenId() {
    PoolState mine = settle(PoolState.empty()).state();
    PoolRange range = mine.ranges().get(0);

    assertThat(settle(mine, claims(HIGHER, "n9", range)).state().ranges()).containsExactly(range);
    assertThat(settle(mine, claims(LOWER, "n1", range)).state().ranges())
        .hasSize(1)
        .doesNotContain(range);
  }

  @Test
  void acknowledgedClaimIsNotTakenByAnOlderProvisionalOne() {
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 7, true);
    PoolState mine = new PoolState(List.of(range), Map.of(), List.of(), 7);
    PoolRange older = new PoolRange(range.prefix(), 1, false);

    assertThat(settle(mine, claims(LOWER, "n1", older)).state().ranges()).containsExactly(range);
  }

  @Test
  void majorityAcknowledges() {
    PoolState mine = settle(PoolState.empty()).state();

    assertThat(provisional(mine, 0, 0)).isTrue();
    assertThat(provisional(mine, 0, 1)).isTrue();
    assertThat(provisional(mine, 1, 1)).isFalse();
    assertThat(provisional(mine, 1, 2)).isFalse();
    assertThat(provisional(mine, 1, 3)).isTrue();
    assertThat(provisional(mine, 2, 3)).isFalse();
  }

  @Test
  void oneVotePerRangeAndItStaysUntilTheClaimIsGivenUp() {
    Prefix range = Prefix.parse("10.190.0.0/18");
    PoolPeer worse = claims(HIGHER, "n9", new PoolRange(range, 5, false));
    PoolPeer better = claims(LOWER, "n1", new PoolRange(range, 1, false));

    PoolState voted = settle(PoolState.empty(), worse).state();
    assertThat(voted.votes()).containsExactly(new PoolVote(range, HIGHER, 5));
    assertThat(settle(voted, worse, better).state().votes()).isEqualTo(voted.votes());

    PoolPeer gone = new PoolPeer(HIGHER, "n9", List.of(), List.of());
    assertThat(settle(voted, gone, better).state().votes())
        .containsExactly(new PoolVote(range, LOWER, 1));

    PoolPeer settled = claims(HIGHER, "n9", new PoolRange(range, 5, true));
    assertThat(settle(voted, settled).state().votes()).isEmpty();
  }

  @Test
  void shortageClaimsAnotherRange() {
    PoolState mine = settle(PoolState.empty()).state();
    Map<Prefix, String> used = new TreeMap<>();
    for (int i = 0; i <= PoolRange.SUBNETS - PoolRanges.RESERVE; i++) {
      used.put(Subnets.at(mine.ranges().get(0).prefix(), 24, i), "net" + i);
    }

    PoolState more = outcome(mine, used, Set.of()).state();

    assertThat(more.ranges()).hasSize(2).startsWith(mine.ranges().get(0));
    assertThat(outcome(more, used, Set.of()).state()).isEqualTo(more);
  }

  @Test
  void usedPartOfALostRangeIsAConflictThatNamesTheNetwork() {
    PoolState mine = settle(PoolState.empty()).state();
    PoolRange range = mine.ranges().get(0);
    Prefix used = Subnets.at(range.prefix(), 24, 3);

    PoolRanges.Outcome outcome =
        PoolRanges.settle(
            new PoolSituation(
                SELF,
                POOL,
                mine,
                List.of(claims(LOWER, "n1", range)),
                Map.of(used, "shop_default"),
                Set.of()));

    assertThat(outcome.state().covers(used)).isFalse();
    assertThat(outcome.conflicts()).extracting(PoolConflict::subnet).containsExactly(used);
    assertThat(outcome.problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("shop_default", used.toString(), "n1");
  }

  @Test
  void whatMustBeAvoidedIs() {
    Prefix favourite = settle(PoolState.empty()).state().ranges().get(0).prefix();

    PoolState state =
        outcome(PoolState.empty(), Map.of(), Set.of(Subnets.at(favourite, 24, 9))).state();

    assertThat(state.ranges().get(0).prefix()).isNotEqualTo(favourite);
  }

  @Test
  void fullPoolIsAProblem() {
    Prefix small = Prefix.parse("10.128.0.0/17");
    List<PoolPeer> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      all.add(claims(HIGHER, "n9", new PoolRange(Subnets.at(small, 18, i), 1, true)));
    }

    PoolRanges.Outcome outcome =
        PoolRanges.settle(
            new PoolSituation(SELF, small, PoolState.empty(), all, Map.of(), Set.of()));

    assertThat(outcome.state().ranges()).isEmpty();
    assertThat(outcome.problems()).extracting(Problem::code).containsExactly("pool-full");
  }

  @Test
  void everyRangeOfAPoolCanBeFound() {
    Prefix small = Prefix.parse("10.128.0.0/14");
    List<PoolPeer> claims = new ArrayList<>();
    Set<Prefix> seen = new HashSet<>();
    for (int node = 1; node <= 16; node++) {
      NodeId id = new NodeId(node, 0);
      PoolState state =
          PoolRanges.settle(
                  new PoolSituation(id, small, PoolState.empty(), claims, Map.of(), Set.of()))
              .state();
      assertThat(seen.add(state.ranges().get(0).prefix())).isTrue();
      claims.add(claims(id, "n" + node, state.ranges().get(0)));
    }
    assertThat(seen).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.0.0.0/7", "10.128.0.0/19", "fd00::/16"})
  void poolThatIsNoneNamesItself(String pool) {
    Prefix given = Prefix.parse(pool);
    assertThatThrownBy(() -> PoolSituation.check(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(given.toString())
        .hasMessageContaining("/8 to /18");
  }

  private static PoolRanges.Outcome settle(PoolState mine, PoolPeer... others) {
    return PoolRanges.settle(
        new PoolSituation(SELF, POOL, mine, List.of(others), Map.of(), Set.of()));
  }

  private static PoolRanges.Outcome outcome(
      PoolState mine, Map<Prefix, String> used, Set<Prefix> avoid) {
    return PoolRanges.settle(new PoolSituation(SELF, POOL, mine, List.of(), used, avoid));
  }

  private static boolean provisional(PoolState mine, int votes, int known) {
    PoolRange range = mine.ranges().get(0);
    PoolVote vote = new PoolVote(range.prefix(), SELF, range.lamport());
    PoolVote stale = new PoolVote(range.prefix(), SELF, range.lamport() + 1);
    List<PoolPeer> others = new ArrayList<>();
    for (int i = 0; i < known; i++) {
      others.add(
          new PoolPeer(new NodeId(7, i), "n" + i, List.of(), List.of(i < votes ? vote : stale)));
    }
    return PoolRanges.settle(new PoolSituation(SELF, POOL, mine, others, Map.of(), Set.of()))
        .state()
        .provisional();
  }

  private static PoolPeer claims(NodeId id, String node, PoolRange range) {
    return new PoolPeer(id, node, List.of(range), List.of());
  }
}
