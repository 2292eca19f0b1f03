package io.vrouter.mesh.pool;

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

  private boolean wanted = true;
  private boolean heard = true;
  private boolean settled = true;
  private boolean engineKnown = true;
  private Prefix pool = POOL;
  private Set<NodeId> forgotten = Set.of();
  private Set<Prefix> avoid = Set.of();
  private final Map<Prefix, String> used = new TreeMap<>();

  @Test
  void aloneOneProvisionalRangeIsClaimedAndKept() {
    PoolState first = settle(PoolState.NONE).state();

    assertThat(first.ranges()).hasSize(1);
    assertThat(first.provisional()).isTrue();
    assertThat(POOL.contains(first.ranges().get(0).prefix())).isTrue();
    assertThat(settle(first).state()).isEqualTo(first);
  }

  @Test
  void nobodyAskedNothingIsClaimedAndNothingIsAProblem() {
    wanted = false;
    avoid = Set.of(Prefix.parse("10.0.0.0/8"));
    PoolPeer peer = claims(HIGHER, new PoolRange(Prefix.parse("10.130.0.0/18"), 1, true));
    used.put(Prefix.parse("10.130.7.0/24"), "net");

    PoolRanges.Outcome outcome = settle(PoolState.NONE, peer);

    assertThat(outcome.state()).isEqualTo(PoolState.NONE);
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.conflicts()).isEmpty();
  }

  @Test
  void nobodyAskedAndStillAnElector() {
    wanted = false;
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 4, false);

    PoolState state = settle(PoolState.NONE, claims(HIGHER, range)).state();

    assertThat(state.ranges()).isEmpty();
    assertThat(state.share().votes()).containsExactly(new PoolVote(range.prefix(), HIGHER, 4));
  }

  @Test
  void nothingIsClaimedOrAcknowledgedBeforeTheOthersAreKnown() {
    heard = false;
    assertThat(settle(PoolState.NONE).state()).isEqualTo(PoolState.NONE);
    heard = true;
    settled = false;
    PoolState mine = held(new PoolRange(Prefix.parse("10.130.0.0/18"), 1, false));
    assertThat(settle(mine, votes(HIGHER, mine.ranges().get(0))).state()).isEqualTo(mine);
    settled = true;
    assertThat(settle(mine, votes(HIGHER, mine.ranges().get(0))).state().provisional()).isFalse();
  }

  @Test
  void whatOthersClaimIsSkippedAndTheLamportNumberRises() {
    PoolRange favourite = settle(PoolState.NONE).state().ranges().get(0);
    PoolRange theirs = new PoolRange(favourite.prefix(), 41, false);

    PoolState state = settle(PoolState.NONE, claims(HIGHER, theirs)).state();

    assertThat(state.ranges().get(0).prefix()).isNotEqualTo(favourite.prefix());
    assertThat(state.ranges().get(0).lamport()).isEqualTo(42);
    assertThat(state.share().lamport()).isEqualTo(42);
  }

  @Test
  void clashOfProvisionalClaimsGoesByLamportThenId() {
    PoolState mine = settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);

    assertThat(settle(mine, claims(HIGHER, range)).state().ranges()).containsExactly(range);
    assertThat(settle(mine, claims(LOWER, range)).state().ranges())
        .hasSize(1)
        .doesNotContain(range);
  }

  @Test
  void acknowledgedClaimIsNotTakenByAnOlderProvisionalOne() {
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 7, true);
    PoolRange older = new PoolRange(range.prefix(), 1, false);

    assertThat(settle(held(range), claims(LOWER, older)).state().ranges()).containsExactly(range);
  }

  @Test
  void whoLeftClaimsAnewAndLosesToWhoWasAcknowledgedMeanwhile() {
    PoolRange range = new PoolRange(Prefix.parse("10.130.0.0/18"), 7, true);
    PoolState back = held(range).departed();

    assertThat(back.ranges()).containsExactly(new PoolRange(range.prefix(), 8, false));
    assertThat(settle(back, claims(HIGHER, new PoolRange(range.prefix(), 9, true))).state())
        .satisfies(it -> assertThat(it.ranges().get(0).prefix()).isNotEqualTo(range.prefix()));
    assertThat(settle(back).state().ranges()).isEqualTo(back.ranges());
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
    PoolState mine = settle(PoolState.NONE).state();
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
    assertThat(settle(mine, silent.toArray(PoolPeer[]::new)).state().provisional()).isTrue();

    wanted = false;
    int voters = 0;
    for (int i = 0; i < 40; i++) {
      PoolRange theirs = new PoolRange(Subnets.at(POOL, 18, i), 1, false);
      PoolPeer candidate = claims(members.get(0), theirs);
      List<PoolPeer> others = new ArrayList<>(List.of(candidate));
      members.stream().skip(1).forEach(id -> others.add(claims(id)));
      boolean elector = Electors.of(theirs.prefix(), all(members)).contains(SELF);
      voters += elector ? 1 : 0;
      assertThat(settle(PoolState.NONE, others.toArray(PoolPeer[]::new)).state().share().votes())
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
              i < 2 ? PoolPeer.Standing.ALIVE : PoolPeer.Standing.SILENT,
              PoolShare.NONE));
    }
    Prefix range =
        settle(PoolState.NONE, others.toArray(PoolPeer[]::new)).state().ranges().get(0).prefix();
    List<NodeId> members = new ArrayList<>(others.stream().map(PoolPeer::id).toList());
    members.add(SELF);

    assertThat(Electors.of(range, members))
        .contains(SELF, new NodeId(7, 0), new NodeId(7, 1))
        .hasSize(5);
  }

  @Test
  void voteStandsUntilTheClaimIsGivenUpAndIsKeptWhenItIsAcknowledged() {
    Prefix range = Prefix.parse("10.190.0.0/18");
    wanted = false;
    PoolPeer worse = claims(HIGHER, new PoolRange(range, 5, false));
    PoolPeer better = claims(LOWER, new PoolRange(range, 1, false));

    PoolState voted = settle(PoolState.NONE, worse).state();
    assertThat(voted.share().votes()).containsExactly(new PoolVote(range, HIGHER, 5));
    assertThat(settle(voted, worse, better).state()).isEqualTo(voted);
    // Restarted, and hearing of the better one first, or of the first by an old record.
    assertThat(settle(voted, better).state()).isEqualTo(voted);
    assertThat(settle(voted, better, told(HIGHER, 4)).state()).isEqualTo(voted);

    PoolState changed = settle(voted, told(HIGHER, 6), better).state();
    assertThat(changed.share().votes()).containsExactly(new PoolVote(range, LOWER, 1));

    PoolState kept = settle(voted, claims(HIGHER, new PoolRange(range, 5, true)), better).state();
    assertThat(kept.share().votes()).isEmpty();
    assertThat(kept.kept()).containsExactly(new PoolVote(range, HIGHER, 5));
    assertThat(settle(kept, better).state()).isEqualTo(kept);

    forgotten = Set.of(HIGHER);
    assertThat(settle(kept, better).state().share().votes())
        .containsExactly(new PoolVote(range, LOWER, 1));
    forgotten = Set.of();
    PoolPeer left =
        new PoolPeer(HIGHER, "n9", PoolPeer.Standing.DEPARTED, claims(HIGHER, 5, range).share());
    assertThat(settle(kept, left, better).state().share().votes())
        .containsExactly(new PoolVote(range, LOWER, 1));
  }

  @Test
  void whatThisHostVotedForItDoesNotClaim() {
    Prefix favourite = settle(PoolState.NONE).state().ranges().get(0).prefix();
    PoolState voted =
        new PoolState(
            PoolShare.NONE, Map.of(), List.of(new PoolVote(favourite, new NodeId(3, 3), 1)));

    assertThat(settle(voted).state().ranges().get(0).prefix()).isNotEqualTo(favourite);
  }

  @Test
  void shortageClaimsAnotherRange() {
    PoolState mine = settle(PoolState.NONE).state();
    for (int i = 0; i <= PoolRange.SUBNETS - PoolRanges.RESERVE; i++) {
      used.put(Subnets.at(mine.ranges().get(0).prefix(), 24, i), "net" + i);
    }

    PoolState more = settle(mine).state();

    assertThat(more.ranges()).hasSize(2).startsWith(mine.ranges().get(0));
    assertThat(settle(more).state()).isEqualTo(more);
  }

  @Test
  void usedPartOfALostRangeIsAConflictThatNamesTheNetwork() {
    PoolState mine = settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    Prefix subnet = Subnets.at(range.prefix(), 24, 3);
    used.put(subnet, "shop_default");

    PoolRanges.Outcome outcome = settle(mine, claims(LOWER, range));

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
    PoolState mine = settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    pool = Prefix.parse("10.0.0.0/14");
    engineKnown = false;
    assertThat(settle(mine).state().ranges()).containsExactly(range);
    engineKnown = true;
    used.put(Subnets.at(range.prefix(), 24, 3), "shop_default");
    assertThat(settle(mine).state().ranges()).containsExactly(range);
    used.clear();
    assertThat(settle(mine).state().ranges())
        .singleElement()
        .satisfies(it -> assertThat(pool.contains(it.prefix())).isTrue());
  }

  @Test
  void whatMustBeAvoidedIs() {
    Prefix favourite = settle(PoolState.NONE).state().ranges().get(0).prefix();
    avoid = Set.of(Subnets.at(favourite, 24, 9));

    assertThat(settle(PoolState.NONE).state().ranges().get(0).prefix()).isNotEqualTo(favourite);
  }

  @Test
  void fullPoolIsAProblemOfWhoWantsOne() {
    pool = Prefix.parse("10.128.0.0/17");
    PoolPeer both =
        new PoolPeer(
            HIGHER,
            "n9",
            PoolPeer.Standing.SILENT,
            new PoolShare(
                List.of(
                    new PoolRange(Subnets.at(pool, 18, 0), 1, true),
                    new PoolRange(Subnets.at(pool, 18, 1), 1, true)),
                List.of(),
                1));

    PoolRanges.Outcome outcome = settle(PoolState.NONE, both);

    assertThat(outcome.state().ranges()).isEmpty();
    assertThat(outcome.problems()).extracting(Problem::code).containsExactly("pool-full");
    wanted = false;
    assertThat(settle(PoolState.NONE, both).problems()).isEmpty();
  }

  @Test
  void everyRangeOfAPoolCanBeFound() {
    pool = Prefix.parse("10.128.0.0/14");
    List<PoolPeer> claims = new ArrayList<>();
    Set<Prefix> seen = new HashSet<>();
    for (int node = 1; node <= 16; node++) {
      NodeId id = new NodeId(node, 0);
      PoolRange range =
          PoolRanges.settle(situation(id, PoolState.NONE, claims)).state().ranges().get(0);
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

  private PoolRanges.Outcome settle(PoolState mine, PoolPeer... others) {
    return PoolRanges.settle(situation(SELF, mine, List.of(others)));
  }

  private PoolSituation situation(NodeId self, PoolState mine, List<PoolPeer> others) {
    return new PoolSituation(
        self,
        pool,
        wanted,
        heard,
        settled,
        mine,
        others,
        forgotten,
        new PoolSituation.Engine(engineKnown, used),
        avoid);
  }

  private boolean acknowledged(int votes, int known) {
    PoolState mine = settle(PoolState.NONE).state();
    PoolRange range = mine.ranges().get(0);
    List<PoolPeer> others = new ArrayList<>();
    for (int i = 0; i < known; i++) {
      NodeId id = new NodeId(7, i);
      // A vote for an earlier claim of the same range is none for this one.
      others.add(
          votes(id, i < votes ? range : new PoolRange(range.prefix(), range.lamport() + 1, false)));
    }
    return !settle(mine, others.toArray(PoolPeer[]::new)).state().provisional();
  }

  private static PoolState held(PoolRange range) {
    return new PoolState(
        new PoolShare(List.of(range), List.of(), range.lamport()), Map.of(), List.of());
  }

  private static PoolPeer claims(NodeId id, PoolRange... ranges) {
    long lamport = List.of(ranges).stream().mapToLong(PoolRange::lamport).max().orElse(0);
    return new PoolPeer(
        id,
        "n" + id.low(),
        PoolPeer.Standing.ALIVE,
        new PoolShare(List.of(ranges), List.of(), lamport));
  }

  private static PoolPeer claims(NodeId id, long lamport, Prefix range) {
    return claims(id, new PoolRange(range, lamport, true));
  }

  private static PoolPeer told(NodeId id, long lamport) {
    return new PoolPeer(
        id, "n" + id.low(), PoolPeer.Standing.ALIVE, new PoolShare(List.of(), List.of(), lamport));
  }

  private static PoolPeer votes(NodeId id, PoolRange range) {
    return new PoolPeer(
        id,
        "n" + id.low(),
        PoolPeer.Standing.ALIVE,
        new PoolShare(List.of(), List.of(new PoolVote(range.prefix(), SELF, range.lamport())), 0));
  }
}
