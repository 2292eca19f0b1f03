package io.vrouter.mesh.pool;

import static io.vrouter.mesh.pool.PoolHost.HIGHER;
import static io.vrouter.mesh.pool.PoolHost.LOWER;
import static io.vrouter.mesh.pool.PoolHost.POOL;
import static io.vrouter.mesh.pool.PoolHost.claims;
import static io.vrouter.mesh.pool.PoolHost.held;
import static io.vrouter.mesh.pool.PoolHost.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolRangesTest {
  private final PoolHost host = new PoolHost();

  @Test
  void aloneOneProvisionalRangeIsClaimedAndKept() {
    PoolState first = host.settle(PoolState.NONE).state();

    assertThat(first.ranges()).hasSize(1);
    assertThat(first.provisional()).isTrue();
    assertThat(POOL.contains(first.ranges().get(0).prefix())).isTrue();
    assertThat(host.settle(first).state()).isEqualTo(first);
  }

  @Test
  void nobodyAskedNothingIsClaimedAndNothingIsAProblem() {
    host.wanted = false;
    host.avoid = Set.of(Prefix.parse("10.0.0.0/8"));
    PoolPeer peer = claims(HIGHER, 1, Prefix.parse("10.130.0.0/18"));
    host.used.put(Prefix.parse("10.130.7.0/24"), "net");

    PoolRanges.PoolDecision outcome = host.settle(PoolState.NONE, peer);

    assertThat(outcome.state()).isEqualTo(PoolState.NONE);
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.conflicts()).isEmpty();
  }

  @Test
  void nobodyAskedAndStillAnElector() {
    host.wanted = false;
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 4, false);

    PoolState state = host.settle(PoolState.NONE, claims(HIGHER, range)).state();

    assertThat(state.ranges()).isEmpty();
    assertThat(state.share().votes()).containsExactly(new PoolVote(range.prefix(), HIGHER, 4));
  }

  @Test
  void nothingIsClaimedOrAcknowledgedBeforeTheOthersAreKnown() {
    host.heard = false;
    assertThat(host.settle(PoolState.NONE).state()).isEqualTo(PoolState.NONE);
    host.heard = true;
    host.settled = false;
    PoolState mine = held(new PoolRange(Prefix.parse("10.130.0.0/18"), 1, false));
    assertThat(host.settle(mine, votes(HIGHER, mine.ranges().get(0))).state()).isEqualTo(mine);
    host.settled = true;
    assertThat(host.settle(mine, votes(HIGHER, mine.ranges().get(0))).state().provisional())
        .isFalse();
  }

  @Test
  void whatOthersClaimIsSkippedAndTheLamportNumberRises() {
    PoolRange favourite = host.settle(PoolState.NONE).state().ranges().get(0);
    PoolRange theirs = new PoolRange(favourite.prefix(), 41, false);

    PoolState state = host.settle(PoolState.NONE, claims(HIGHER, theirs)).state();

    assertThat(state.ranges().get(0).prefix()).isNotEqualTo(favourite.prefix());
    assertThat(state.ranges().get(0).lamport()).isEqualTo(42);
    assertThat(state.share().lamport()).isEqualTo(42);
  }

  @Test
  void clashOfProvisionalClaimsGoesByLamportThenId() {
    PoolState mine = host.settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);

    assertThat(host.settle(mine, claims(HIGHER, range)).state().ranges()).containsExactly(range);
    assertThat(host.settle(mine, claims(LOWER, range)).state().ranges())
        .hasSize(1)
        .doesNotContain(range);
  }

  @Test
  void shortageClaimsAnotherRange() {
    PoolState mine = host.settle(PoolState.NONE).state();
    for (int i = 0; i <= PoolRange.SUBNETS - PoolRanges.RESERVE; i++) {
      host.used.put(Subnets.at(mine.ranges().get(0).prefix(), 24, i), "net" + i);
    }

    PoolState more = host.settle(mine).state();

    assertThat(more.ranges()).hasSize(2).startsWith(mine.ranges().get(0));
    assertThat(host.settle(more).state()).isEqualTo(more);
  }

  @Test
  void usedPartOfALostRangeIsAConflictThatNamesTheNetwork() {
    PoolState mine = host.settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    Prefix subnet = Subnets.at(range.prefix(), 24, 3);
    host.used.put(subnet, "shop_default");

    PoolRanges.PoolDecision outcome = host.settle(mine, claims(LOWER, range));

    assertThat(outcome.state().ranges())
        .singleElement()
        .satisfies(it -> assertThat(it.prefix().contains(subnet)).isFalse());
    assertThat(outcome.conflicts()).extracting(PoolConflict::subnet).containsExactly(subnet);
    assertThat(outcome.problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("shop_default", subnet.toString(), "n1");
  }

  @Test
  void rangesOfAnotherPoolStayWhileTheyAreUsedOrNobodyKnows() {
    PoolState mine = host.settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    host.pool = Prefix.parse("10.0.0.0/14");
    host.engineKnown = false;
    assertThat(host.settle(mine).state().ranges()).containsExactly(range);
    host.engineKnown = true;
    host.used.put(Subnets.at(range.prefix(), 24, 3), "shop_default");
    assertThat(host.settle(mine).state().ranges()).containsExactly(range);
    host.used.clear();
    assertThat(host.settle(mine).state().ranges())
        .singleElement()
        .satisfies(it -> assertThat(host.pool.contains(it.prefix())).isTrue());
  }

  @Test
  void whatMustBeAvoidedIs() {
    Prefix favourite = host.settle(PoolState.NONE).state().ranges().get(0).prefix();
    host.avoid = Set.of(Subnets.at(favourite, 24, 9));

    assertThat(host.settle(PoolState.NONE).state().ranges().get(0).prefix())
        .isNotEqualTo(favourite);
  }

  @Test
  void fullPoolIsAProblemOfWhoWantsOne() {
    host.pool = Prefix.parse("10.128.0.0/17");
    PoolPeer both =
        new PoolPeer(
            HIGHER,
            "n9",
            PoolPeer.VoterState.SILENT,
            new PoolShare(
                List.of(
                    new PoolRange(Subnets.at(host.pool, 18, 0), 1, true),
                    new PoolRange(Subnets.at(host.pool, 18, 1), 1, true)),
                List.of(),
                1));

    PoolRanges.PoolDecision outcome = host.settle(PoolState.NONE, both);

    assertThat(outcome.state().ranges()).isEmpty();
    assertThat(outcome.problems()).extracting(Problem::code).containsExactly("pool-full");
    host.wanted = false;
    assertThat(host.settle(PoolState.NONE, both).problems()).isEmpty();
  }

  @Test
  void everyRangeOfAPoolCanBeFound() {
    host.pool = Prefix.parse("10.128.0.0/14");
    List<PoolPeer> claims = new ArrayList<>();
    Set<Prefix> seen = new HashSet<>();
    for (int node = 1; node <= 16; node++) {
      NodeId id = new NodeId(node, 0);
      PoolRange range =
          PoolRanges.settle(host.situation(id, PoolState.NONE, claims)).state().ranges().get(0);
      assertThat(seen.add(range.prefix())).isTrue();
      claims.add(claims(id, range));
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
}
