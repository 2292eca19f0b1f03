package io.vrouter.mesh.pool;

import static io.vrouter.mesh.pool.PoolHost.LOWER;
import static io.vrouter.mesh.pool.PoolHost.SELF;
import static io.vrouter.mesh.pool.PoolHost.claims;
import static io.vrouter.mesh.pool.PoolHost.held;
import static io.vrouter.mesh.pool.PoolHost.signed;
import static io.vrouter.mesh.pool.PoolHost.votes;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Members that lie about who voted for them, and electors that vote for everybody. */
class LyingElectorsTest {
  private static final Prefix RANGE = Prefix.parse("10.130.0.0/18");

  private final PoolHost host = new PoolHost();
  private final List<PoolPeer> honest = new ArrayList<>();
  private final List<NodeId> electors;

  LyingElectorsTest() {
    List<NodeId> members = new ArrayList<>(List.of(SELF, LOWER));
    for (int i = 0; i < 20; i++) {
      NodeId id = new NodeId((300L + i) << 32, i);
      members.add(id);
      honest.add(claims(id));
    }
    Set<NodeId> chosen = new HashSet<>(Electors.of(RANGE, members));
    chosen.removeAll(Set.of(SELF, LOWER));
    electors = List.copyOf(chosen);
    assertThat(electors)
        .as("the electors of the range are neither the owner nor the liar")
        .hasSize(5);
  }

  private PoolRanges.PoolDecision settle(PoolRange mine, PoolRange theirs) {
    List<PoolPeer> others = new ArrayList<>(honest);
    others.add(claims(LOWER, theirs));
    return host.settle(held(mine), others.toArray(PoolPeer[]::new));
  }

  private PoolRange mine(int signatures) {
    return signed(
        new PoolRange(RANGE, 7, signatures > 2),
        electors.subList(0, signatures).toArray(NodeId[]::new));
  }

  private static PoolRange theirs(NodeId... signers) {
    return signed(new PoolRange(RANGE, 1, true), signers);
  }

  @Test
  void ownWordForAnAcknowledgementTakesNothing() {
    assertThat(settle(mine(3), theirs()).state().ranges()).containsExactly(mine(3));
  }

  @Test
  void signaturesOfFewElectorsOfOthersAndOfItselfTakeNothing() {
    NodeId stranger = new NodeId(99, 99);
    List<NodeId> bystanders = new ArrayList<>(honest.stream().map(PoolPeer::id).toList());
    bystanders.removeAll(electors);

    for (NodeId[] signers :
        List.of(
            new NodeId[] {electors.get(3), electors.get(4)},
            new NodeId[] {electors.get(3), electors.get(3), electors.get(3)},
            new NodeId[] {electors.get(3), electors.get(4), LOWER, stranger},
            bystanders.subList(0, 5).toArray(NodeId[]::new))) {
      assertThat(settle(mine(3), theirs(signers)).state().ranges()).containsExactly(mine(3));
    }
  }

  @Test
  void forgedSignaturesTakeNothing() {
    host.forgers = Set.of(electors.get(2));
    assertThat(
            settle(mine(2), theirs(electors.get(2), electors.get(3), electors.get(4)))
                .state()
                .ranges())
        .as(
            "a provisional claim with a later number loses to any earlier one, and to no forged"
                + " one")
        .hasSize(1);
    PoolRange acknowledged = signed(new PoolRange(RANGE, 7, true));
    assertThat(
            settle(acknowledged, theirs(electors.get(2), electors.get(3), electors.get(4)))
                .state()
                .ranges())
        .containsExactly(acknowledged);
  }

  @Test
  void provenRangeIsKeptFromElectorsThatSignTwiceAndTheyAreNamed() {
    PoolRanges.PoolDecision outcome =
        settle(mine(3), theirs(electors.get(2), electors.get(3), electors.get(4)));

    assertThat(outcome.state().ranges()).containsExactly(mine(3));
    assertThat(outcome.problems())
        .singleElement()
        .satisfies(it -> assertThat(it.code()).isEqualTo("pool-range-twice"))
        .extracting(Problem::message)
        .asString()
        .contains(electors.get(2).abbreviated() + " signed both")
        .doesNotContain(electors.get(0).abbreviated());
  }

  @Test
  void provisionalRangeYieldsToAProvenOne() {
    PoolRange theirs = theirs(electors.get(2), electors.get(3), electors.get(4));
    assertThat(settle(mine(2), theirs).state().ranges())
        .singleElement()
        .satisfies(it -> assertThat(it.prefix()).isNotEqualTo(RANGE));
  }

  @Test
  void forgedVotesAcknowledgeNothing() {
    PoolRange mine = mine(0);
    host.forgers = Set.copyOf(electors);
    List<PoolPeer> others = new ArrayList<>();
    honest.forEach(peer -> others.add(votes(peer.id(), mine)));

    assertThat(host.settle(held(mine), others.toArray(PoolPeer[]::new)).state().provisional())
        .isTrue();
    host.forgers = Set.of();
    assertThat(host.settle(held(mine), others.toArray(PoolPeer[]::new)).state().ranges())
        .singleElement()
        .satisfies(it -> assertThat(it.acknowledged()).isTrue())
        .satisfies(it -> assertThat(it.seals()).hasSize(5));
  }

  @Test
  void madeUpIdentitiesElectNobodyWhileEnoughHostsAreKnown() {
    List<PoolPeer> others = new ArrayList<>(honest);
    Set<NodeId> sybils = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      sybils.add(new NodeId(1_000 + i, i));
    }
    List<NodeId> all = new ArrayList<>(sybils);
    honest.forEach(peer -> all.add(peer.id()));
    Set<NodeId> ground = Electors.of(RANGE, all);
    assertThat(sybils).containsAll(ground);
    sybils.forEach(id -> others.add(claims(id)));
    others.add(claims(LOWER, theirs(ground.toArray(NodeId[]::new))));

    host.newcomers = sybils;
    assertThat(host.settle(held(mine(3)), others.toArray(PoolPeer[]::new)).state().ranges())
        .containsExactly(mine(3));
  }

  @Test
  void absurdNumberRaisesNobodysNextOne() {
    List<PoolPeer> others = new ArrayList<>(honest);
    others.add(PoolHost.told(LOWER, Lamport.MAX));

    assertThat(host.settle(PoolState.NONE, others.toArray(PoolPeer[]::new)).state().ranges().get(0))
        .extracting(PoolRange::lamport)
        .isEqualTo(1L);
    assertThat(PoolShare.MAX_VOTES).isGreaterThan(PoolVotes.MAX_OPEN);
  }
}
