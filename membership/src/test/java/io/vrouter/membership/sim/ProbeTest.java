package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is probed, and when. */
class ProbeTest {
  private static final Duration INTERVAL = SwimConfig.defaults().probing().interval();

  private static Map<InetSocketAddress, Integer> pinged(Solo solo, Duration time) {
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping;
    solo.pass(Duration.ofSeconds(1));
    solo.forget();
    solo.pass(time);
    Map<InetSocketAddress, Integer> counts = new HashMap<>();
    solo.said.stream()
        .filter(sent -> sent.message() instanceof SwimMessage.Ping)
        .forEach(sent -> counts.merge(sent.to(), 1, Integer::sum));
    return counts;
  }

  private static SimNode following(Solo solo) {
    long self = solo.one.id().high();
    return solo.others.stream()
        .min((a, b) -> Long.compareUnsigned(a.id().high() - self, b.id().high() - self))
        .orElseThrow();
  }

  @Test
  void ofFewEachIsProbedEveryTurn() {
    Solo solo = new Solo(SwimConfig.defaults(), 8);
    Map<InetSocketAddress, Integer> counts = pinged(solo, INTERVAL.multipliedBy(80));
    assertThat(counts).hasSize(8);
    assertThat(counts.values()).allMatch(count -> count >= 9 && count <= 11);
  }

  @Test
  void amongManyHalfOfTheProbesGoToTheOneThatFollowsAndTheOthersToEachInTurn() {
    Solo solo = new Solo(SwimConfig.defaults(), 21);
    Map<InetSocketAddress, Integer> counts = pinged(solo, INTERVAL.multipliedBy(80));
    Integer ward = counts.remove(following(solo).address());
    assertThat(ward).isBetween(39, 41);
    assertThat(counts).hasSize(20);
    assertThat(counts.values()).allMatch(count -> count >= 1 && count <= 3);
  }

  @Test
  void amongManyTheProcessorIsWokenOnceForTwo() {
    Solo solo = new Solo(SwimConfig.defaults(), 21);
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping;
    solo.pass(Duration.ofSeconds(1));
    solo.forget();
    int rounds = 0;
    for (int i = 0; i < 4 * INTERVAL.toMillis(); i++) {
      solo.pass(Duration.ofMillis(1));
      List<SwimMessage.Ping> pings = solo.said(SwimMessage.Ping.class);
      if (!pings.isEmpty()) {
        rounds++;
        assertThat(pings).hasSize(2);
      }
      solo.forget();
    }
    assertThat(rounds).isEqualTo(2);
  }

  @Test
  void whenTheOneThatFollowsIsGoneTheNextIsLookedAfter() {
    Solo solo = new Solo(SwimConfig.defaults(), 21);
    SimNode first = following(solo);
    solo.answers = (node, message) -> message instanceof SwimMessage.Ping && node != first;
    solo.pass(Duration.ofSeconds(30)); // its health gets well again, too
    solo.others.remove(first);
    Map<InetSocketAddress, Integer> counts = pinged(solo, INTERVAL.multipliedBy(80));
    assertThat(counts.get(following(solo).address())).isBetween(39, 41);
  }

  @Test
  void whoDoesNotAnswerIsPingedThreeTimesBeforeItIsAccused() {
    Solo solo = new Solo(SwimConfig.defaults(), 1);
    SimNode silent = solo.others.get(0);
    while (solo.said(SwimMessage.Ping.class).isEmpty()) {
      solo.pass(Duration.ofMillis(1));
    }
    solo.pass(INTERVAL.minusMillis(2));
    List<SwimMessage.Ping> pings = solo.said(SwimMessage.Ping.class);
    assertThat(pings).hasSize(3);
    assertThat(pings.stream().map(SwimMessage.Ping::number).distinct()).hasSize(1);
    assertThat(solo.state(silent)).isEqualTo(MemberState.ALIVE);
    solo.pass(Duration.ofMillis(3));
    assertThat(solo.state(silent)).isEqualTo(MemberState.SUSPECT);
  }

  private static long silentFor(Duration unheard, boolean nacked) {
    Solo solo = new Solo(SwimConfig.defaults(), 4);
    while (solo.said(SwimMessage.Ping.class).isEmpty()) {
      solo.pass(Duration.ofMillis(1));
    }
    long passed = 0;
    while (solo.engine.counters().suspicions() == 0 && passed < unheard.toMillis()) {
      solo.pass(Duration.ofMillis(1));
      passed++;
      List<SwimMessage.PingReq> asked = solo.said(SwimMessage.PingReq.class);
      if (nacked && !asked.isEmpty()) {
        SimNode helper = solo.others.get(0);
        solo.hear(helper, new SwimMessage.Nack(helper.id(), asked.get(0).number(), List.of()));
      }
    }
    return passed;
  }

  @Test
  void whoHearsNobodyAtAllAsksAgainBeforeItAccuses() {
    long interval = INTERVAL.toMillis();
    assertThat(silentFor(INTERVAL.multipliedBy(4), true)).isBetween(interval - 2, interval + 2);
    assertThat(silentFor(INTERVAL.multipliedBy(4), false))
        .isBetween(2 * interval - 3, 2 * interval + 3);
  }
}
