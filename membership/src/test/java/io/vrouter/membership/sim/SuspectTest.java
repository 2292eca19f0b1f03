package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.AckProof;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Suspects that answer and don't refute, and what is done before one is given up. */
class SuspectTest {
  private final Solo solo = new Solo(SwimConfig.defaults(), 2);
  private final SimNode helper = solo.others.get(0);
  private final SimNode suspect = solo.others.get(1);

  private void accuse() {
    solo.hear(helper, new News.Rumor(Standing.SUSPECT, suspect.id(), Solo.FIRST, helper.id()));
    assertThat(solo.state(suspect)).isEqualTo(MemberState.SUSPECT);
    solo.forget();
  }

  private static boolean doubts(SwimMessage message, SimNode whom) {
    return message.news().stream()
        .anyMatch(n -> n instanceof News.Rumor && n.subject().equals(whom.id()));
  }

  private static boolean holds(SwimMessage message, SimNode whom) {
    return message.news().stream()
        .anyMatch(n -> n instanceof News.Heard && n.subject().equals(whom.id()));
  }

  @Test
  void oneThatAnswersIsShownItsRecordAndAskedForItsOwn() {
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping;
    accuse();
    solo.pass(Solo.rounds(7));
    List<SwimMessage.Pull> pulls = solo.said(SwimMessage.Pull.class);
    assertThat(pulls)
        .isNotEmpty()
        .allMatch(p -> p.ids().equals(List.of(suspect.id())) && holds(p, suspect))
        .allMatch(p -> doubts(p, suspect));
    assertThat(pulls).as("one per round of gossip at most").hasSizeLessThanOrEqualTo(7);
  }

  @Test
  void oneThatAnswersIsAliveWhetherItRefutesOrNot() {
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping;
    accuse();
    solo.pass(Duration.ofMillis(1300));
    assertThat(solo.state(suspect)).isEqualTo(MemberState.ALIVE);
    for (int i = 0; i < 100; i++) {
      solo.hear(helper, new News.Rumor(Standing.SUSPECT, suspect.id(), Solo.FIRST, helper.id()));
      solo.hear(helper, new News.Rumor(Standing.FAILED, suspect.id(), Solo.FIRST, helper.id()));
      solo.pass(Duration.ofMillis(100));
      assertThat(solo.state(suspect)).isIn(MemberState.ALIVE, MemberState.SUSPECT);
    }
    solo.pass(Duration.ofSeconds(2));
    assertThat(solo.state(suspect)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void oneThatAnswersOnlyByWayOfAHelperFailsAfterABoundedTime() {
    solo.answers = (node, message) -> node == helper || message instanceof SwimMessage.PingReq;
    accuse();
    solo.pass(Duration.ofSeconds(8));
    assertThat(solo.state(suspect)).as("no answer of its own").isEqualTo(MemberState.FAILED);
  }

  @Test
  void aHelperIsToldOfTheSuspicionSoThatTheTargetHearsIt() {
    solo.answers = (node, message) -> node == helper || message instanceof SwimMessage.PingReq;
    accuse();
    solo.pass(Solo.rounds(15));
    assertThat(solo.said(SwimMessage.PingReq.class)).isNotEmpty().allMatch(r -> doubts(r, suspect));
  }

  @Test
  void aHelperTellsTheTargetOfTheDoubtAndBringsItsRecordBack() {
    News doubt = new News.Rumor(Standing.SUSPECT, suspect.id(), Solo.FIRST - 1, helper.id());
    solo.hear(helper, new SwimMessage.PingReq(helper.id(), 77, suspect.address(), List.of(doubt)));
    List<SwimMessage.ProxyPing> pings =
        solo.said(SwimMessage.ProxyPing.class).stream()
            .filter(ping -> ping.news().contains(doubt))
            .toList();
    assertThat(pings).hasSize(1);
    SwimMessage.ProxyPing ping = pings.get(0);
    assertThat(ping.asker()).isEqualTo(helper.id());
    assertThat(ping.question()).isEqualTo(77);
    solo.forget();
    solo.hear(suspect, new SwimMessage.Ack(suspect.id(), ping.number(), List.of()));
    assertThat(solo.said(SwimMessage.Ack.class)).as("without a proof").isEmpty();
    Bytes proof = AckProof.sign(suspect.signer, helper.id(), 77);
    solo.hear(
        suspect, new SwimMessage.Ack(suspect.id(), ping.number(), suspect.id(), proof, List.of()));
    assertThat(solo.said(SwimMessage.Ack.class))
        .anyMatch(ack -> ack.number() == 77 && ack.proof().equals(proof) && holds(ack, suspect));
  }

  @Test
  void aProcessThatStandsStillAgainAndAgainLetsGoOfASuspectInTheEnd() {
    accuse();
    for (int i = 0; i < 40 && solo.state(suspect) == MemberState.SUSPECT; i++) {
      solo.pass(Duration.ofMillis(250));
      solo.pause(Solo.DEFAULTS.healing().pause().multipliedBy(2));
    }
    assertThat(solo.state(suspect)).isEqualTo(MemberState.FAILED);
    assertThat(solo.engine.counters().pauses()).isGreaterThan(5);
  }

  @Test
  void accusationsThatWereRefutedAreToldToNobody() {
    accuse();
    solo.hear(suspect, new News.Heard(Solo.head(suspect, 6), null, Standing.ALIVE));
    assertThat(solo.state(suspect)).isEqualTo(MemberState.ALIVE);
    solo.forget();
    solo.pass(Solo.rounds(1.5));
    assertThat(solo.said).isNotEmpty().noneMatch(s -> doubts(s.message(), suspect));
  }

  /** Five of them, known for a while, whom nobody happens to probe. */
  private static Solo unprobed() {
    SwimConfig config = SwimConfig.defaults();
    SwimConfig.Probing p = config.probing();
    Duration never = Duration.ofHours(1);
    Solo solo =
        new Solo(
            config.with(
                new SwimConfig.Probing(never, p.ackTimeout(), p.indirect(), p.maxLocalHealth())),
            5);
    solo.pass(Duration.ofSeconds(4));
    return solo;
  }

  /** Accused by one, and by three more when the shortest time is over already. */
  private static SimNode accuseAndConfirmLate(Solo solo) {
    SimNode late = solo.others.get(4);
    for (SimNode by : solo.others.subList(0, 4)) {
      solo.hear(by, new News.Rumor(Standing.SUSPECT, late.id(), Solo.FIRST, by.id()));
      if (by == solo.others.get(0)) {
        // Over the shortest time of a suspicion, and under the longest.
        SwimConfig.Suspicion times = Solo.DEFAULTS.suspicion();
        solo.pass(times.min().plus(times.max()).dividedBy(2));
        solo.forget();
      }
    }
    return late;
  }

  @Test
  void aLateConfirmationDoesNotSpareTheQuestionToTheKernel() {
    Solo solo = unprobed();
    solo.dataPath.add(Answer.ANSWERED);
    SimNode late = accuseAndConfirmLate(solo);
    solo.pass(Duration.ofSeconds(2));
    assertThat(solo.state(late)).isEqualTo(MemberState.RESTARTING);
    assertThat(solo.engine.counters().failures()).isZero();
  }

  @Test
  void aLateConfirmationLeavesTimeToAnswerOnce() {
    Solo solo = unprobed();
    SimNode late = accuseAndConfirmLate(solo);
    // There and back, each within the time of an ack.
    Duration timeToAnswer = Solo.DEFAULTS.probing().ackTimeout().multipliedBy(2);
    solo.pass(timeToAnswer.minusMillis(10));
    assertThat(solo.said(SwimMessage.Ping.class)).as("asked itself").isNotEmpty();
    assertThat(solo.state(late)).isEqualTo(MemberState.SUSPECT);
    solo.pass(Duration.ofMillis(20));
    assertThat(solo.state(late)).as("nothing came").isEqualTo(MemberState.FAILED);
  }
}
