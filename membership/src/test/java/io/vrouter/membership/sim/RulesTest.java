package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Single rules of the engine, each seen from outside. */
class RulesTest {
  private static final SwimConfig DEFAULTS = Solo.DEFAULTS;

  @Test
  void aNodeWhoseProbesAllFailSlowsDown() {
    Duration long1 = Duration.ofMinutes(1);
    Solo solo = new Solo(DEFAULTS.with(new SwimConfig.Suspicion(long1, long1, 3)), 12);
    solo.pass(Duration.ofSeconds(10));
    assertThat(solo.engine.counters().localHealth()).isEqualTo(8);
    solo.forget();
    solo.pass(Duration.ofSeconds(5));
    assertThat(solo.said(SwimMessage.Ping.class)).hasSizeBetween(2, 20);
  }

  @Test
  void ofTwoHostsWhereNobodyCanConfirmTheShortestTimeoutApplies() {
    Solo solo = new Solo(DEFAULTS, 1);
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(4));
    solo.answers = (node, message) -> false;
    solo.pass(Duration.ofMillis(1100));
    assertThat(solo.state(solo.others.get(0))).isEqualTo(MemberState.FAILED);
  }

  @Test
  void aForgedRecordOfItsOwnDoesNotMakeItRaiseItsIncarnation() {
    Solo solo = new Solo(DEFAULTS, 1);
    for (long incarnation : new long[] {1L << 32, 9L << 32, -1}) {
      SignedHead forged =
          SignedHead.sign(
              Scenario.forger(solo.one),
              incarnation,
              9,
              0,
              solo.others.get(0).address(),
              MemberRecord.Intent.STAY,
              Bytes.EMPTY);
      solo.hear(solo.others.get(0), new News.Heard(forged, null, Standing.ALIVE));
    }
    assertThat(Scenario.held(solo.engine.view(), solo.one.id()).record().incarnation())
        .isEqualTo(1L << 32);
    assertThat(solo.engine.counters().forged()).isEqualTo(3);
  }

  @Test
  void helpersThatOwnUpSpareItsHealth() {
    Solo solo = new Solo(DEFAULTS, 4);
    SimNode silent = solo.others.get(3);
    solo.answers = (node, message) -> node != silent && message instanceof SwimMessage.Ping;
    solo.pass(Duration.ofMillis(80));
    for (int i = 0; i < 40; i++) {
      solo.forget();
      solo.pass(Duration.ofMillis(40));
      for (SwimMessage.PingReq request : solo.said(SwimMessage.PingReq.class)) {
        for (SimNode helper : solo.others.subList(0, 3)) {
          solo.hear(helper, new SwimMessage.Nack(helper.id(), request.number(), List.of()));
        }
      }
    }
    assertThat(solo.engine.counters().suspicions()).isPositive();
    assertThat(solo.engine.counters().localHealth()).isZero();
  }

  @Test
  void aRumourThatSomebodyWasReplacedCountsOnlyWhereTheAddressIsContested() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode victim = solo.others.get(1);
    SimNode liar = solo.others.get(0);
    solo.hear(liar, new News.Rumor(Standing.REPLACED, victim.id(), Solo.FIRST, liar.id()));
    assertThat(solo.state(victim)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void whileRestartingAnUnknownDataPathDecidesNothingAndTwoSilencesDo() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode other = solo.others.get(0);
    SimNode restarting = solo.others.get(1);
    solo.answers = (node, message) -> node == other;
    solo.hear(other, new News.Rumor(Standing.RESTARTING, restarting.id(), Solo.FIRST, other.id()));
    assertThat(solo.state(restarting)).isEqualTo(MemberState.RESTARTING);
    solo.dataPath.addAll(List.of(Answer.UNKNOWN, Answer.UNKNOWN, Answer.UNKNOWN, Answer.UNKNOWN));
    solo.pass(Duration.ofSeconds(9));
    assertThat(solo.dataPath).isEmpty();
    assertThat(solo.state(restarting)).isEqualTo(MemberState.RESTARTING);
    solo.dataPath.addAll(List.of(Answer.SILENT, Answer.ANSWERED, Answer.SILENT));
    solo.pass(Duration.ofSeconds(6));
    assertThat(solo.state(restarting)).as("an answer between").isEqualTo(MemberState.RESTARTING);
    solo.dataPath.add(Answer.SILENT);
    solo.pass(Duration.ofSeconds(3));
    assertThat(solo.state(restarting)).isEqualTo(MemberState.FAILED);
  }

  /** Port-unreachables are limited: who asks often hears nothing, and must not conclude from it. */
  @Test
  void aKernelThatAnsweredLatelyIsAskedAgainBeforeItsSilenceCounts() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode other = solo.others.get(0);
    SimNode busy = solo.others.get(1);
    solo.answers = (node, message) -> node == other;
    solo.dataPath.add(Answer.ANSWERED);
    solo.pass(Duration.ofSeconds(2));
    assertThat(solo.state(busy)).isEqualTo(MemberState.RESTARTING);

    solo.hear(busy, new News.Heard(Solo.head(busy, Solo.FIRST + 1), null, Standing.ALIVE));
    solo.dataPath.addAll(List.of(Answer.SILENT, Answer.ANSWERED));
    solo.pass(Duration.ofMillis(2500));
    assertThat(solo.dataPath).isEmpty();
    assertThat(solo.state(busy)).as("limited").isEqualTo(MemberState.RESTARTING);

    solo.hear(busy, new News.Heard(Solo.head(busy, Solo.FIRST + 2), null, Standing.ALIVE));
    solo.dataPath.addAll(List.of(Answer.SILENT, Answer.SILENT));
    solo.pass(Duration.ofMillis(3500));
    assertThat(solo.state(busy)).as("dead").isEqualTo(MemberState.FAILED);
  }

  /** Who comes back from being cut off has failed everybody, and tells everybody, each twice. */
  @Test
  void aRumourOfFailureDoesNotOutweighAMemberThatNobodySuspects() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode cutOff = solo.others.get(0);
    SimNode alive = solo.others.get(1);
    solo.answers = (node, message) -> node != alive;
    solo.pass(Solo.rounds(1));
    News failed = new News.Rumor(Standing.FAILED, alive.id(), Solo.FIRST, cutOff.id());
    solo.hear(cutOff, failed);
    solo.hear(cutOff, failed);
    solo.hear(solo.others.get(2), failed);
    assertThat(solo.state(alive)).as("it may refute").isEqualTo(MemberState.SUSPECT);
    solo.pass(Duration.ofMillis(260));
    solo.hear(cutOff, failed);
    assertThat(solo.state(alive)).as("not by a word").isEqualTo(MemberState.SUSPECT);
    solo.pass(Duration.ofMillis(170));
    assertThat(solo.state(alive)).as("nor did it answer").isEqualTo(MemberState.FAILED);
  }

  @Test
  void aNewcomerHasTheLongestTimeToRefute() {
    Solo solo = new Solo(DEFAULTS, 5);
    SimNode suspect = solo.others.get(4);
    solo.answers = (node, message) -> node != suspect;
    long first = failsAfter(solo, suspect, Solo.FIRST);
    assertThat(first)
        .as("it has just come")
        .isGreaterThanOrEqualTo(DEFAULTS.suspicion().max().toMillis());

    solo.hear(suspect, new News.Heard(Solo.head(suspect, Solo.FIRST + 1), null, Standing.ALIVE));
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(4));
    solo.answers = (node, message) -> node != suspect;
    assertThat(failsAfter(solo, suspect, Solo.FIRST + 1))
        .isLessThan(DEFAULTS.suspicion().min().plus(Solo.rounds(2)).toMillis());
  }

  /** Milliseconds from the accusation by four members. */
  private static long failsAfter(Solo solo, SimNode suspect, long incarnation) {
    for (SimNode by : solo.others.subList(0, 4)) {
      solo.hear(by, new News.Rumor(Standing.SUSPECT, suspect.id(), incarnation, by.id()));
    }
    assertThat(solo.state(suspect)).isEqualTo(MemberState.SUSPECT);
    long millis = 0;
    while (solo.state(suspect) == MemberState.SUSPECT && millis < 10_000) {
      solo.pass(Duration.ofMillis(20));
      millis += 20;
    }
    return millis;
  }

  @Test
  void aRumourOfFailureDoesNotOutweighAKernelThatAnswersHere() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode other = solo.others.get(0);
    SimNode restarting = solo.others.get(1);
    News failed = new News.Rumor(Standing.FAILED, restarting.id(), Solo.FIRST, other.id());
    solo.answers = (node, message) -> node == other;
    solo.hear(other, new News.Rumor(Standing.RESTARTING, restarting.id(), Solo.FIRST, other.id()));
    solo.hear(other, failed);
    solo.dataPath.add(Answer.ANSWERED);
    solo.pass(Duration.ofMillis(200));
    assertThat(solo.dataPath).as("it is asked when its daemon did not answer").isEmpty();
    solo.pass(Duration.ofMillis(1700));
    assertThat(solo.state(restarting)).isEqualTo(MemberState.RESTARTING);
    solo.hear(other, failed);
    solo.dataPath.add(Answer.SILENT);
    solo.pass(Duration.ofSeconds(1));
    assertThat(solo.dataPath).as("one silence after a late answer").isEmpty();
    assertThat(solo.state(restarting)).isEqualTo(MemberState.RESTARTING);
  }

  @Test
  void aRumourOfFailureIsBelievedOfARestartingMemberWhoseKernelDoesNotAnswerHereEither() {
    for (Answer answer : List.of(Answer.SILENT, Answer.UNKNOWN)) {
      Solo solo = new Solo(DEFAULTS, 2);
      SimNode other = solo.others.get(0);
      SimNode restarting = solo.others.get(1);
      solo.answers = (node, message) -> node == other;
      solo.hear(
          other, new News.Rumor(Standing.RESTARTING, restarting.id(), Solo.FIRST, other.id()));
      solo.hear(other, new News.Rumor(Standing.FAILED, restarting.id(), Solo.FIRST, other.id()));
      assertThat(solo.state(restarting)).isEqualTo(MemberState.RESTARTING);
      solo.dataPath.add(answer);
      solo.pass(Duration.ofMillis(200));
      assertThat(solo.state(restarting)).as(answer.name()).isEqualTo(MemberState.FAILED);
    }
  }

  @Test
  void afterAStandstillItRefutesAndBlamesNobody() {
    Solo solo = new Solo(DEFAULTS, 12);
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping;
    solo.pass(Duration.ofSeconds(2));
    solo.answers = (node, message) -> false;
    solo.pass(Solo.rounds(1)); // a ping is under way
    solo.pause(Duration.ofSeconds(5));
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping;
    solo.forget();
    solo.pass(Solo.rounds(5));
    assertThat(solo.engine.counters().refutations()).isEqualTo(1);
    assertThat(solo.engine.counters().suspicions()).isZero();
    assertThat(solo.said)
        .anyMatch(
            sent ->
                sent.message().news().stream()
                    .anyMatch(
                        n ->
                            n instanceof News.Heard h
                                && h.subject().equals(solo.one.id())
                                && h.head().incarnation() == (1L << 32) + 1));
  }

  @Test
  void whatIsThoughtOfAMemberIsToldToItFirst() {
    Solo solo = new Solo(DEFAULTS, 12);
    SimNode accuser = solo.others.get(0);
    SimNode suspect =
        solo.others.stream().skip(1).min(Comparator.comparing(SimNode::id)).orElseThrow();
    solo.hear(accuser, new News.Rumor(Standing.SUSPECT, suspect.id(), Solo.FIRST, accuser.id()));
    solo.pass(Duration.ofSeconds(1));
    List<SwimMessage> toSuspect =
        solo.said.stream()
            .filter(sent -> sent.to().equals(suspect.address()))
            .filter(sent -> sent.message() instanceof SwimMessage.Ping)
            .map(Solo.Sent::message)
            .toList();
    assertThat(toSuspect)
        .isNotEmpty()
        .allMatch(
            m ->
                m.news().stream()
                    .anyMatch(n -> n instanceof News.Rumor && n.subject().equals(suspect.id())));
  }
}
