package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A member that holds the token and lies: what it says of others has no lasting effect. */
class InsiderTest {
  private static final SwimConfig DEFAULTS = SwimConfig.defaults();

  private static void say(Simulator sim, SimNode liar, SimNode to, News... news) {
    SwimMessage message = new SwimMessage.Gossip(liar.id(), List.of(news));
    sim.inject(liar.address(), to, Codec.encode(message));
  }

  private static long incarnation(SimNode node) {
    return Scenario.held(node, node.id()).record().incarnation();
  }

  private static boolean keptByAll(Simulator sim, SimNode victim) {
    for (SimNode node : sim.running()) {
      MemberState state = node == victim ? MemberState.ALIVE : Simulator.seen(node, victim);
      if (state == null || !state.keepsDataPath()) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aRumourAndAnInventedIdentityAtItsEndpointReplaceNobody() {
    Simulator sim = Scenario.mesh(1, 6);
    SimNode liar = sim.nodes().get(0);
    SimNode victim = sim.nodes().get(1);
    SimNode invented = sim.add(0);
    SignedHead head =
        SignedHead.sign(sim.signer(invented), 1, 1, 1, victim.address(), Intent.STAY, Bytes.EMPTY);
    List<SimNode> honest = sim.nodes().subList(1, 6);
    honest.forEach(node -> say(sim, liar, node, new News.Heard(head, null, Standing.ALIVE)));
    sim.run(Duration.ofSeconds(1));
    for (int i = 0; i < 60; i++) {
      long incarnation = incarnation(victim);
      honest.forEach(
          node ->
              say(
                  sim,
                  liar,
                  node,
                  new News.Rumor(Standing.REPLACED, victim.id(), incarnation, liar.id())));
      sim.run(Duration.ofSeconds(1));
      assertThat(keptByAll(sim, victim)).as("after %d s", i).isTrue();
    }
    for (SimNode node : honest) {
      assertThat(Scenario.entered(node, victim, MemberState.REPLACED)).isZero();
    }
  }

  /** Each kind of rumour, by invented accusers, ten times a second, to all. */
  @ParameterizedTest
  @EnumSource(Standing.class)
  void noRumourHoweverOftenTakesAMemberAway(Standing standing) {
    Simulator sim = Scenario.mesh(2, 6);
    SplittableRandom random = new SplittableRandom(2);
    SimNode liar = sim.nodes().get(0);
    SimNode victim = sim.nodes().get(1);
    List<SimNode> honest = sim.nodes().subList(1, 6);
    for (int i = 0; i < 600; i++) {
      NodeId by =
          i % 2 == 0
              ? new NodeId(random.nextLong(), random.nextLong())
              : sim.nodes().get(2 + random.nextInt(4)).id();
      News rumor = new News.Rumor(standing, victim.id(), incarnation(victim), by);
      honest.forEach(node -> say(sim, liar, node, rumor));
      sim.run(Duration.ofMillis(100));
      assertThat(keptByAll(sim, victim)).as("after %d ms", i * 100).isTrue();
    }
    sim.run(Duration.ofSeconds(3));
    Scenario.settled(sim);
    for (SimNode node : honest) {
      assertThat(node.events().stream().filter(event -> event.id().equals(victim.id())).count())
          .as("events about it at host %d in a minute", node.index())
          .isLessThanOrEqualTo(60);
    }
  }

  @ParameterizedTest
  @EnumSource(Standing.class)
  void whatANewcomerIsToldOfAMemberIsOutweighedByItsAnswer(Standing told) {
    Solo solo = new Solo(DEFAULTS, 1);
    SimNode liar = solo.others.get(0);
    SimNode victim = solo.stranger();
    solo.answers = (node, message) -> true;
    solo.hear(liar, new News.Heard(Solo.head(victim, Solo.FIRST), null, told));
    solo.pass(Duration.ofMillis(20));
    solo.hear(victim, new News.Heard(Solo.head(victim, Solo.FIRST), null, Standing.ALIVE));
    solo.pass(Duration.ofMillis(200));
    assertThat(solo.state(victim)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void oneSaidToBeFailedIsFailedUntilItAnswers() {
    Solo solo = new Solo(DEFAULTS, 1);
    SimNode teller = solo.others.get(0);
    SimNode gone = solo.stranger();
    solo.answers = (node, message) -> node != gone;
    solo.hear(teller, new News.Heard(Solo.head(gone, Solo.FIRST), null, Standing.FAILED));
    solo.pass(Duration.ofSeconds(1));
    assertThat(solo.state(gone)).isEqualTo(MemberState.FAILED);
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(1));
    assertThat(solo.state(gone)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void aReplacedMemberThatAnswersAtItsEndpointIsAliveAndTheOtherIsNot() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode first = solo.others.get(0);
    SimNode second = solo.stranger();
    solo.answers = (node, message) -> node == solo.others.get(1);
    SignedHead there =
        SignedHead.sign(second.signer, 1, 1, 1, first.address(), Intent.STAY, Bytes.EMPTY);
    solo.hear(solo.others.get(1), new News.Heard(there, null, Standing.ALIVE));
    answerAt(solo, first.address(), second);
    assertThat(solo.state(first)).isEqualTo(MemberState.REPLACED);
    assertThat(solo.state(second)).isEqualTo(MemberState.ALIVE);
    solo.forget();
    solo.hear(first, new SwimMessage.Ping(first.id(), 1, List.of()));
    solo.pass(Duration.ofMillis(110));
    answerAt(solo, first.address(), first);
    assertThat(solo.state(first)).isEqualTo(MemberState.ALIVE);
    assertThat(solo.state(second)).isEqualTo(MemberState.REPLACED);
  }

  /** Has one answer in its own name what was asked at the address. */
  private static void answerAt(Solo solo, InetSocketAddress address, SimNode who) {
    for (Solo.Sent sent : List.copyOf(solo.said)) {
      if (sent.to().equals(address) && sent.message() instanceof SwimMessage.Ping ping) {
        solo.hear(address, new SwimMessage.Ack(who.id(), ping.number(), List.of()));
      }
    }
  }

  @Test
  void aMemberThatIsForgottenThoughItIsAliveComesBackByItsAnswer() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode liar = solo.others.get(0);
    SimNode victim = solo.others.get(1);
    solo.answers = (node, message) -> true;
    News forgotten = new News.Rumor(Standing.FORGOTTEN, victim.id(), Solo.FIRST, liar.id());
    solo.hear(liar, forgotten);
    assertThat(solo.state(victim)).as("alive").isEqualTo(MemberState.ALIVE);
    solo.answers = (node, message) -> node == liar;
    solo.pass(Duration.ofSeconds(5));
    assertThat(solo.state(victim)).as("cut off").isEqualTo(MemberState.FAILED);
    solo.hear(liar, forgotten);
    assertThat(solo.engine.view().members()).doesNotContainKey(victim.id());
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(61));
    assertThat(solo.state(victim)).as("it answers").isEqualTo(MemberState.ALIVE);
  }

  /** An address lease taken over: the host there answers in the name of one that is gone. */
  @Test
  void anAnswerInAnothersNameFromAnotherAddressKeepsNobodyAlive() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode liar = solo.others.get(0);
    SimNode gone = solo.others.get(1);
    solo.answers = (node, message) -> node != gone;
    for (int i = 0; i < 5000 && solo.state(gone) != MemberState.FAILED; i++) {
      solo.pass(Duration.ofMillis(1));
      for (SwimMessage.Ping ping : solo.said(SwimMessage.Ping.class)) {
        solo.hear(liar, new SwimMessage.Ack(gone.id(), ping.number(), List.of()));
      }
      solo.forget();
    }
    assertThat(solo.state(gone)).isEqualTo(MemberState.FAILED);
    for (int i = 0; i < 3000; i++) {
      solo.pass(Duration.ofMillis(1));
      for (SwimMessage.Ping ping : solo.said(SwimMessage.Ping.class)) {
        solo.hear(liar, new SwimMessage.Ack(gone.id(), ping.number(), List.of()));
      }
      solo.forget();
    }
    assertThat(solo.state(gone)).isEqualTo(MemberState.FAILED);
  }

  @Test
  void aHelperThatWasNotAskedBringsNoAnswer() {
    Solo solo = new Solo(DEFAULTS, 5);
    SimNode gone = solo.others.get(1);
    SimNode liar = solo.stranger();
    solo.answers = (node, message) -> node != gone;
    for (int i = 0; i < 5000 && solo.state(gone) != MemberState.FAILED; i++) {
      solo.pass(Duration.ofMillis(1));
      for (SwimMessage.PingReq asked : solo.said(SwimMessage.PingReq.class)) {
        solo.hear(liar, solo.relayed(liar, asked.number(), gone, gone));
      }
      solo.forget();
    }
    assertThat(solo.state(gone)).isEqualTo(MemberState.FAILED);
  }

  /** A helper that was asked brings an answer that the absent host never gave. */
  @Test
  void aHelperKeepsNobodyAliveWhoDoesNotAnswer() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode liar = solo.others.get(0);
    SimNode gone = solo.others.get(1);
    long old = 7;
    solo.answers = (node, message) -> node != gone;
    for (int i = 0; i < 8000; i++) {
      solo.pass(Duration.ofMillis(1));
      for (SwimMessage.PingReq asked : solo.said(SwimMessage.PingReq.class)) {
        long question = asked.number();
        SwimMessage.Ack recorded = solo.relayed(liar, old, gone, gone);
        solo.hear(liar, solo.relayed(liar, question, gone, liar));
        solo.hear(
            liar, new SwimMessage.Ack(liar.id(), question, gone.id(), recorded.proof(), List.of()));
      }
      solo.forget();
    }
    assertThat(solo.state(gone)).isEqualTo(MemberState.FAILED);
  }

  /** Both honest helpers bring the answer of a host that this one can't reach itself. */
  @Test
  void aHelpersAnswerWithItsTargetsProofKeepsTheTargetAlive() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode cut = solo.others.get(1);
    solo.answers = (node, message) -> node != cut || message instanceof SwimMessage.PingReq;
    solo.pass(Duration.ofSeconds(30));
    assertThat(solo.said(SwimMessage.PingReq.class)).isNotEmpty();
    assertThat(solo.state(cut)).isEqualTo(MemberState.ALIVE);
    assertThat(solo.engine.counters().suspicions()).isZero();
  }

  /**
   * A proof costs a signature: what one helper can cause is bounded, and others still get theirs.
   */
  @Test
  void aHelperThatAsksWithoutEndCausesFewSignatures() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode liar = solo.others.get(0);
    SimNode honest = solo.others.get(1);
    solo.answers = (node, message) -> true;
    for (int i = 0; i < 3000; i++) {
      solo.pass(Duration.ofMillis(1));
      solo.hear(liar, new SwimMessage.ProxyPing(liar.id(), i, liar.id(), i, List.of()));
    }
    assertThat(proofs(solo)).isBetween(20L, 60L);
    solo.forget();
    for (int i = 0; i < 3; i++) {
      solo.hear(honest, new SwimMessage.ProxyPing(honest.id(), i, liar.id(), -1, List.of()));
      solo.hear(honest, new SwimMessage.ProxyPing(honest.id(), i, liar.id(), -2 - i, List.of()));
    }
    assertThat(proofs(solo)).isEqualTo(6);
  }

  private static long proofs(Solo solo) {
    return solo.said(SwimMessage.Ack.class).stream()
        .filter(ack -> ack.proof().length() > 0)
        .count();
  }

  @Test
  void inventedAccusersDoNotShortenASuspicion() {
    SwimConfig.Probing p = DEFAULTS.probing();
    Solo solo =
        new Solo(
            DEFAULTS.with(
                new SwimConfig.Probing(
                    Duration.ofHours(1), p.ackTimeout(), p.indirect(), p.maxLocalHealth())),
            6);
    SplittableRandom random = new SplittableRandom(3);
    SimNode liar = solo.others.get(0);
    SimNode victim = solo.others.get(1);
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(4));
    solo.answers = (node, message) -> node != victim;
    List<News> rumors = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      NodeId by = new NodeId(random.nextLong(), random.nextLong());
      rumors.add(new News.Rumor(Standing.SUSPECT, victim.id(), Solo.FIRST, by));
    }
    solo.hear(liar, rumors.toArray(News[]::new));
    solo.pass(Duration.ofMillis(1150));
    assertThat(solo.state(victim)).isEqualTo(MemberState.SUSPECT);
  }

  /** What an accusation costs its victim is bounded: signatures, and the pace of its own probes. */
  @Test
  void forcedRefutationsAreFewAndDontSlowTheVictimsProbes() {
    Simulator sim = Scenario.mesh(4, 6);
    SplittableRandom random = new SplittableRandom(4);
    SimNode victim = sim.nodes().get(1);
    for (int liars : new int[] {1, 4}) {
      long before = victim.counters().refutations();
      for (int i = 0; i < 600; i++) {
        SimNode liar = sim.nodes().get(2 + i % liars);
        NodeId by = new NodeId(random.nextLong(), random.nextLong());
        Standing standing = random.nextBoolean() ? Standing.SUSPECT : Standing.FAILED;
        say(sim, liar, victim, new News.Rumor(standing, victim.id(), incarnation(victim), by));
        sim.run(Duration.ofMillis(100));
        assertThat(victim.counters().localHealth()).isLessThanOrEqualTo(1);
      }
      assertThat(victim.counters().refutations() - before)
          .as("in a minute, by %d", liars)
          .isBetween(1L, 8L * liars);
    }
    sim.run(Duration.ofSeconds(5));
    Scenario.settled(sim);
  }

  /** The thief of a state directory chooses what it signs: any nonce, boot count and endpoint. */
  @Test
  void aCopyOfTheStateDirectoryStopsTheOriginalNowhere() {
    Simulator sim = Scenario.mesh(6, 5);
    SimNode victim = sim.nodes().get(1);
    SimNode thief = sim.nodes().get(0);
    SimNode elsewhere = sim.add(0);
    for (int i = 0; i < 40; i++) {
      long boot = i < 20 ? (incarnation(victim) >>> 32) + 1 : 0xffff_ffffL;
      Intent intent = i % 2 == 0 ? Intent.STAY : Intent.LEAVE;
      SignedHead copy =
          SignedHead.sign(
              sim.signer(victim), boot << 32, 9, 0, elsewhere.address(), intent, Bytes.EMPTY);
      for (SimNode node : sim.nodes().subList(1, 5)) {
        say(sim, thief, node, new News.Heard(copy, null, Standing.ALIVE));
      }
      sim.run(Duration.ofMillis(700));
      assertThat(victim.running()).isTrue();
      assertThat(keptByAll(sim, victim)).as("after %d", i).isTrue();
      for (SimNode node : sim.nodes().subList(2, 5)) {
        assertThat(Scenario.held(node, victim.id()).record().endpoint())
            .isEqualTo(victim.address());
      }
    }
    assertThat(Scenario.warned(victim, "identity-cloned")).isTrue();
  }

  @Test
  void aFirstAccusationIsRefutedAtOnce() {
    Simulator sim = Scenario.mesh(5, 4);
    SimNode victim = sim.nodes().get(1);
    SimNode accuser = sim.nodes().get(2);
    long before = incarnation(victim);
    News rumor = new News.Rumor(Standing.SUSPECT, victim.id(), before, accuser.id());
    say(sim, accuser, victim, rumor);
    assertThat(incarnation(victim)).isEqualTo(before + 1);
    sim.input(victim, new Input.Tick());
    News again = new News.Rumor(Standing.FAILED, victim.id(), before + 1, accuser.id());
    say(sim, accuser, victim, again);
    assertThat(incarnation(victim)).as("not at once again").isEqualTo(before + 1);
    sim.run(Duration.ofMillis(1100));
    assertThat(incarnation(victim)).as("but in the end").isEqualTo(before + 2);
  }
}
