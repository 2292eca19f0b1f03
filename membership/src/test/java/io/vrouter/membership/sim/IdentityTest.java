package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.engine.Glimpse;
import io.vrouter.membership.engine.Input;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is who: joining, leaving, reinstalled hosts, clones, records and their payloads. */
class IdentityTest {
  @Test
  void aNewcomerIsKnownToAllAndKnowsAllSoon() {
    Simulator sim = Scenario.mesh(1, 32);
    for (int i = 0; i < 5; i++) {
      SimNode newcomer = sim.add(200);
      sim.start(newcomer);
      assertThat(
              sim.runUntil(
                  Duration.ofMillis(300),
                  () -> sim.allSee(newcomer, MemberState.ALIVE) && newcomer.view().settled()))
          .isPositive();
      Scenario.settled(sim);
    }
  }

  @Test
  void seedsAreEnough() {
    Simulator sim = new Simulator(2, io.vrouter.membership.engine.SwimConfig.defaults());
    sim.multicast(false);
    for (int i = 0; i < 10; i++) {
      sim.start(sim.add(100));
    }
    sim.run(Duration.ofSeconds(3));
    Scenario.settled(sim);
  }

  @Test
  void aLonelyNodeSettles() {
    Simulator sim = new Simulator(3, io.vrouter.membership.engine.SwimConfig.defaults());
    SimNode lonely = sim.add(100);
    sim.start(lonely);
    assertThat(lonely.view().settled()).isFalse();
    sim.run(Duration.ofSeconds(1));
    assertThat(lonely.view().settled()).isTrue();
    assertThat(lonely.view().members()).containsOnlyKeys(lonely.id());
    sim.leave(lonely);
    assertThat(lonely.running()).isFalse();
  }

  @Test
  void leavingIsSeenByAllWithinAFifthOfASecondAndLasts() {
    Simulator sim = Scenario.mesh(4, 32);
    SimNode leaver = sim.nodes().get(7);
    sim.leave(leaver);
    assertThat(sim.runUntil(Duration.ofMillis(200), () -> sim.allSee(leaver, MemberState.LEFT)))
        .isPositive();
    sim.run(Duration.ofSeconds(20));
    Scenario.settled(sim);
    SimNode late = sim.add(50);
    sim.start(late);
    sim.run(Duration.ofSeconds(1));
    assertThat(Simulator.seen(late, leaver)).isEqualTo(MemberState.LEFT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aReinstalledHostReplacesItsFormerSelf(long seed) {
    Simulator sim = Scenario.mesh(seed, 10);
    SimNode host = sim.nodes().get(4);
    NodeId former = host.id();
    sim.crash(host);
    sim.run(Duration.ofMillis(seed % 2 == 0 ? 200 : 5000));
    sim.wipe(host);
    sim.start(host);
    sim.run(Duration.ofSeconds(3));
    Scenario.settled(sim);
    for (SimNode node : sim.running()) {
      if (node == host) {
        // At its own endpoint nobody else can be; it need not take in what others say of that.
        assertThat(Glimpse.state(node.daemon(), former)).isIn(null, MemberState.REPLACED);
      } else {
        assertThat(Scenario.held(node, former).state()).isEqualTo(MemberState.REPLACED);
      }
      assertThat(Scenario.entered(node, host, MemberState.REPLACED)).isZero();
      assertThat(Scenario.entered(node, host, MemberState.SUSPECT)).isZero();
    }
    sim.run(Duration.ofSeconds(30));
    Scenario.settled(sim);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void ofTwoClonesOneKeepsRunningAndBothAreTold(long seed) {
    Simulator sim = Scenario.mesh(seed, 8);
    SimNode original = sim.nodes().get(3);
    SimNode clone = sim.addClone(original);
    sim.recordEvents(clone);
    if (seed % 2 == 0) {
      clone.boot--; // it starts with the very boot count of the original
    }
    sim.start(clone);
    sim.run(Duration.ofSeconds(5));
    assertThat(original.running()).isNotEqualTo(clone.running());
    for (SimNode node : java.util.List.of(original, clone)) {
      assertThat(
              Scenario.warned(node, "identity-cloned") || Scenario.warned(node, "identity-reused"))
          .isTrue();
    }
    long refutations = sim.running().stream().mapToLong(n -> n.counters().refutations()).sum();
    Scenario.settled(sim);
    sim.run(Duration.ofSeconds(20));
    assertThat(sim.running().stream().mapToLong(n -> n.counters().refutations()).sum())
        .as("no duel")
        .isEqualTo(refutations);
  }

  @Test
  void aLargePayloadTravelsInChunks() {
    Simulator sim = Scenario.mesh(5, 12);
    sim.network().loss(0.1);
    SimNode talker = sim.nodes().get(2);
    sim.publish(talker, sim.payload(12 * 1024));
    sim.run(Duration.ofSeconds(5));
    sim.network().loss(0);
    Scenario.settled(sim);
    SimNode late = sim.add(16 * 1024);
    sim.start(late);
    sim.run(Duration.ofSeconds(2));
    Scenario.settled(sim);
    assertThat(Scenario.held(late, talker.id()).record().payload().length()).isEqualTo(12 * 1024);
  }

  @Test
  void publishingReachesAllAndTheSamePayloadAgainDoesNothing() {
    Simulator sim = Scenario.mesh(6, 20);
    SimNode talker = sim.nodes().get(2);
    Bytes payload = sim.payload(300);
    sim.publish(talker, payload);
    assertThat(sim.runUntil(Duration.ofMillis(200), () -> sim.disagreements().isEmpty()))
        .isPositive();
    long version = Scenario.held(talker, talker.id()).record().version();
    sim.publish(talker, payload);
    assertThat(Scenario.held(talker, talker.id()).record().version()).isEqualTo(version);
  }

  @Test
  void aForgottenMemberIsGoneEverywhereAndALiveOneIsNot() {
    Simulator sim = Scenario.mesh(7, 10);
    SimNode crashed = sim.nodes().get(1);
    sim.crash(crashed);
    sim.run(Duration.ofSeconds(5));
    sim.input(sim.nodes().get(0), new Input.Forget(crashed.id()));
    sim.input(sim.nodes().get(0), new Input.Forget(sim.nodes().get(2).id()));
    sim.run(Duration.ofSeconds(1));
    for (SimNode node : sim.running()) {
      assertThat(node.view().members()).doesNotContainKey(crashed.id()).hasSize(9);
    }
    sim.run(Duration.ofSeconds(30));
    for (SimNode node : sim.running()) {
      assertThat(node.view().members()).doesNotContainKey(crashed.id());
    }
    sim.start(crashed);
    sim.run(Duration.ofSeconds(2));
    Scenario.settled(sim);
  }
}
