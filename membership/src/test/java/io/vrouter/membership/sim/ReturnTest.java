package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How those come back who were cut off, or from whom this node was. */
class ReturnTest {
  private final Set<SimNode> silent = new HashSet<>();

  private Solo solo(int others) {
    Solo solo = new Solo(SwimConfig.defaults(), others);
    solo.answers = (node, message) -> !silent.contains(node);
    return solo;
  }

  private static void passUntil(Solo solo, SimNode node, MemberState state, Duration patience) {
    long millis = 0;
    while (solo.state(node) != state && millis < patience.toMillis()) {
      solo.pass(Duration.ofMillis(5));
      millis += 5;
    }
    assertThat(solo.state(node)).isEqualTo(state);
  }

  /** Has one fail, and come back. */
  private void returned(Solo solo, SimNode node) {
    silent.add(node);
    passUntil(solo, node, MemberState.FAILED, Duration.ofSeconds(20));
    silent.remove(node);
    passUntil(solo, node, MemberState.ALIVE, Duration.ofSeconds(5));
  }

  private static News gone(Standing standing, SimNode whom, SimNode by) {
    return new News.Rumor(standing, whom.id(), Solo.FIRST, by.id());
  }

  private static boolean accuses(SwimMessage message, SimNode whom) {
    return message.news().stream()
        .anyMatch(n -> n instanceof News.Rumor && n.subject().equals(whom.id()));
  }

  @Test
  void theLostIsAskedAndNotAccusedAndItsAnswerIsEnough() {
    Solo solo = solo(3);
    SimNode lost = solo.others.get(2);
    silent.add(lost);
    passUntil(solo, lost, MemberState.FAILED, Duration.ofSeconds(20));
    solo.forget();
    solo.pass(Duration.ofSeconds(2));
    assertThat(solo.said)
        .filteredOn(sent -> sent.to().equals(lost.address()))
        .isNotEmpty()
        .noneMatch(sent -> accuses(sent.message(), lost));
    silent.remove(lost);
    passUntil(solo, lost, MemberState.ALIVE, Duration.ofSeconds(1));
    assertThat(Scenario.held(solo.engine.view(), lost.id()).record().incarnation())
        .isEqualTo(Solo.FIRST);
    solo.forget();
    solo.pass(Solo.rounds(5));
    assertThat(solo.said).noneMatch(sent -> accuses(sent.message(), lost));
  }

  @Test
  void anAnswerToWhatWasAskedBeforeItFailedProvesNothing() {
    Solo solo = solo(3);
    SimNode lost = solo.others.get(2);
    silent.add(lost);
    passUntil(solo, lost, MemberState.FAILED, Duration.ofSeconds(20));
    List<SwimMessage.Ping> asked =
        solo.said.stream()
            .filter(sent -> sent.to().equals(lost.address()))
            .map(Solo.Sent::message)
            .filter(SwimMessage.Ping.class::isInstance)
            .map(SwimMessage.Ping.class::cast)
            .toList();
    assertThat(asked).isNotEmpty();
    for (SwimMessage.Ping ping : asked) {
      solo.hear(lost, new SwimMessage.Ack(lost.id(), ping.number(), List.of()));
    }
    assertThat(solo.state(lost)).isEqualTo(MemberState.FAILED);
  }

  @Test
  void anAnswerThatAHelperBringsProvesNothing() {
    Solo solo = solo(3);
    SimNode lost = solo.others.get(2);
    SimNode helper = solo.others.get(0);
    silent.add(lost);
    passUntil(solo, lost, MemberState.FAILED, Duration.ofSeconds(20));
    solo.forget();
    solo.pass(Duration.ofSeconds(1));
    for (SwimMessage.Ping ping : solo.said(SwimMessage.Ping.class)) {
      solo.hear(helper, solo.relayed(helper, ping.number(), lost, lost));
    }
    assertThat(solo.state(lost)).isEqualTo(MemberState.FAILED);
  }

  @Test
  void whatIsSaidOfOneWhoHasJustComeBackOrByOneIsVoidForAWhile() {
    Solo solo = solo(4);
    SimNode other = solo.others.get(0);
    SimNode back = solo.others.get(1);
    returned(solo, back);
    solo.hear(other, gone(Standing.FAILED, back, other), gone(Standing.RESTARTING, back, other));
    solo.hear(back, gone(Standing.FAILED, other, back));
    assertThat(solo.state(back)).as("of it").isEqualTo(MemberState.ALIVE);
    assertThat(solo.state(other)).as("by it").isEqualTo(MemberState.ALIVE);
    solo.pass(Duration.ofSeconds(6));
    solo.hear(back, gone(Standing.FAILED, other, back));
    assertThat(solo.state(other)).as("it may refute").isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void whereOneIsBackAllAreTried() {
    Solo solo = solo(12);
    silent.addAll(solo.others);
    for (SimNode lost : solo.others) {
      passUntil(solo, lost, MemberState.FAILED, Duration.ofMinutes(2));
    }
    silent.clear();
    while (solo.others.stream().noneMatch(node -> solo.state(node) == MemberState.ALIVE)) {
      solo.pass(Duration.ofMillis(5));
    }
    solo.pass(Solo.rounds(1.5));
    assertThat(solo.others).allMatch(node -> solo.state(node) == MemberState.ALIVE);
  }

  @Test
  void whoIsBackIsNotCalledGoneAnyLonger() {
    Solo solo = solo(6);
    SimNode back = solo.others.get(2);
    silent.add(back);
    passUntil(solo, back, MemberState.FAILED, Duration.ofSeconds(20));
    silent.remove(back);
    solo.pass(Duration.ofMillis(1));
    solo.hear(back, new SwimMessage.Gossip(back.id(), List.of()));
    passUntil(solo, back, MemberState.ALIVE, Solo.rounds(1.2));
    solo.forget();
    solo.pass(Solo.rounds(5));
    assertThat(solo.said).noneMatch(sent -> accuses(sent.message(), back));
  }

  /** In the hashes of an exchange these count as alive. */
  @Test
  void whoRestartsIsNamedWithEveryExchange() {
    Solo solo = solo(3);
    SimNode restarting = solo.others.get(2);
    silent.add(restarting);
    solo.hear(solo.others.get(0), gone(Standing.RESTARTING, restarting, solo.others.get(0)));
    assertThat(solo.state(restarting)).isEqualTo(MemberState.RESTARTING);
    solo.pass(Duration.ofSeconds(2));
    solo.forget();
    solo.pass(Duration.ofSeconds(9));
    assertThat(solo.said(SwimMessage.Digest.class))
        .isNotEmpty()
        .allMatch(digest -> accuses(digest, restarting));
  }

  @Test
  void withoutACarrierTheLostAreTriedSeldom() {
    Solo solo = lonely();
    solo.input(new Input.LinkDown());
    solo.pass(Solo.rounds(15)); // what was under way ends, slowly: who fails all is unwell
    solo.forget();
    solo.pass(Duration.ofSeconds(8));
    assertThat(solo.said(SwimMessage.Ping.class)).isEmpty();
    silent.clear();
    solo.pass(Duration.ofSeconds(2));
    assertThat(solo.others)
        .as("there may be another way")
        .allMatch(node -> solo.state(node) == MemberState.ALIVE);
  }

  @Test
  void whenTheLinkComesUpTheLostAreTriedAtOnceAndThenAsUsual() {
    Solo solo = lonely();
    solo.input(new Input.LinkDown());
    solo.input(new Input.LinkUp());
    solo.pass(Duration.ofMillis(5));
    silent.clear();
    solo.pass(Solo.rounds(5));
    assertThat(solo.others).allMatch(node -> solo.state(node) == MemberState.ALIVE);
  }

  @Test
  void whoSpeaksJustAfterItWasTriedInVainIsTriedAgainSoon() {
    Solo solo = lonely();
    SimNode back = solo.others.get(0);
    solo.forget();
    while (solo.said.stream().noneMatch(sent -> sent.to().equals(back.address()))) {
      solo.pass(Duration.ofMillis(1));
    }
    silent.remove(back);
    solo.hear(back, new SwimMessage.Ping(back.id(), 7, List.of()));
    solo.pass(Solo.rounds(1.1));
    assertThat(solo.state(back)).isEqualTo(MemberState.ALIVE);
  }

  private Solo lonely() {
    Solo solo = solo(2);
    silent.addAll(solo.others);
    for (SimNode lost : solo.others) {
      passUntil(solo, lost, MemberState.FAILED, Duration.ofMinutes(1));
    }
    return solo;
  }
}
