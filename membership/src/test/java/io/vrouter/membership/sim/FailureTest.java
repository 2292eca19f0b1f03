package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that fall silent, stand still, restart, and come back. */
class FailureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void ofTwoHostsThatAreCutEachFailsTheOther(long seed) {
    Simulator sim = Scenario.mesh(seed, 2);
    SimNode a = sim.nodes().get(0);
    SimNode b = sim.nodes().get(1);
    sim.network().isolate(Set.of(0));
    long took =
        sim.runUntil(
            PATIENCE, () -> sim.allSee(a, MemberState.FAILED) && sim.allSee(b, MemberState.FAILED));
    assertThat(took).as("both failed within two seconds").isPositive();
    sim.run(Duration.ofSeconds(60));
    sim.network().heal();
    long healed = sim.runUntil(Duration.ofSeconds(1), () -> sim.disagreements().isEmpty());
    assertThat(healed).as("healed within a second").isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 8, 32})
  void aSilentHostIsFailedEverywhereWithinTwoSeconds(int nodes) {
    for (long seed = 1; seed <= 10; seed++) {
      Simulator sim = Scenario.mesh(seed, nodes);
      SimNode silent = sim.nodes().get(nodes / 2);
      sim.crash(silent);
      assertThat(sim.runUntil(PATIENCE, () -> sim.allSee(silent, MemberState.FAILED)))
          .as("seed %d", seed)
          .isPositive();
      sim.run(Duration.ofSeconds(5));
      Scenario.settled(sim);
    }
  }

  @Test
  void aKilledDaemonIsRestartingAndComesBackAlive() {
    Simulator sim = Scenario.mesh(1, 8);
    SimNode killed = sim.nodes().get(3);
    sim.kill(killed);
    long took =
        sim.runUntil(
            Duration.ofSeconds(1).plusMillis(500),
            () -> sim.allSee(killed, MemberState.RESTARTING));
    assertThat(took).isPositive();
    sim.run(Duration.ofSeconds(20));
    assertThat(sim.allSee(killed, MemberState.RESTARTING)).isTrue();
    sim.start(killed);
    assertThat(sim.runUntil(PATIENCE, () -> sim.allSee(killed, MemberState.ALIVE))).isPositive();
    for (SimNode node : sim.running()) {
      assertThat(Scenario.entered(node, killed, MemberState.FAILED)).isZero();
    }
    Scenario.settled(sim);
  }

  @Test
  void theGracePeriodEnds() {
    Simulator sim = Scenario.mesh(2, 5);
    SimNode killed = sim.nodes().get(1);
    sim.kill(killed);
    sim.run(Duration.ofSeconds(55));
    assertThat(sim.allSee(killed, MemberState.RESTARTING)).isTrue();
    sim.run(Duration.ofSeconds(10));
    assertThat(sim.allSee(killed, MemberState.FAILED)).isTrue();
  }

  @Test
  void aRestartingHostWhoseKernelFallsSilentIsFailedSoon() {
    Simulator sim = Scenario.mesh(3, 3);
    SimNode killed = sim.nodes().get(1);
    sim.kill(killed);
    sim.run(Duration.ofSeconds(3));
    assertThat(sim.allSee(killed, MemberState.RESTARTING)).isTrue();
    sim.crash(killed);
    sim.run(Duration.ofSeconds(8));
    assertThat(sim.allSee(killed, MemberState.FAILED)).isTrue();
  }

  /** Whichever it is: some keep asking its kernel, and tell when it falls silent. */
  @Test
  void aHostWhoseOwnPathIsBrokenFailsARestartingOneForNobodyElse() {
    int failed = 0;
    for (int lonely = 1; lonely < 8; lonely++) {
      Simulator sim = Scenario.mesh(12, 8);
      SimNode killed = sim.nodes().get(0);
      sim.network().cutOneWay(lonely, 0);
      sim.network().cutOneWay(0, lonely);
      sim.kill(killed);
      sim.run(Duration.ofSeconds(20));
      for (SimNode node : sim.running()) {
        if (node.index() == lonely) {
          failed += Simulator.seen(node, killed) == MemberState.FAILED ? 1 : 0;
        } else {
          assertThat(Scenario.entered(node, killed, MemberState.FAILED)).isZero();
        }
      }
    }
    assertThat(failed).as("some did").isPositive();
  }

  @Test
  void anUnknownDataPathDecidesNothing() {
    Simulator sim = Scenario.mesh(4, 5);
    sim.dataPath(Simulator.DataPathModel.UNKNOWN);
    SimNode killed = sim.nodes().get(2);
    sim.kill(killed);
    assertThat(sim.runUntil(PATIENCE, () -> sim.allSee(killed, MemberState.FAILED))).isPositive();
    assertThat(Scenario.entered(sim.nodes().get(0), killed, MemberState.RESTARTING)).isZero();
  }

  @Test
  void aBusyHostThatReadsTheKernelsAnswerLateWithdrawsNothing() {
    for (int nodes : new int[] {2, 5}) {
      Simulator sim = Scenario.mesh(5, nodes);
      sim.dataPath(Simulator.DataPathModel.LATE);
      SimNode killed = sim.nodes().get(1);
      sim.kill(killed);
      sim.run(Duration.ofSeconds(4));
      assertThat(sim.allSee(killed, MemberState.RESTARTING)).isTrue();
      for (SimNode node : sim.running()) {
        assertThat(Scenario.entered(node, killed, MemberState.FAILED)).isZero();
      }
    }
  }

  @Test
  void anAnnouncedRestartKeepsTheDataPath() {
    Simulator sim = Scenario.mesh(5, 8);
    SimNode restarting = sim.nodes().get(4);
    sim.announceRestart(restarting);
    long took =
        sim.runUntil(Duration.ofMillis(200), () -> sim.allSee(restarting, MemberState.RESTARTING));
    assertThat(took).isPositive();
    sim.run(Duration.ofSeconds(10));
    sim.start(restarting);
    assertThat(sim.runUntil(PATIENCE, () -> sim.allSee(restarting, MemberState.ALIVE)))
        .isPositive();
    for (SimNode node : sim.running()) {
      assertThat(Scenario.entered(node, restarting, MemberState.FAILED)).isZero();
    }
  }

  @Test
  void aPausedNodeRefutesBeforeItAccuses() {
    Simulator sim = Scenario.mesh(6, 10);
    SimNode paused = sim.nodes().get(0);
    sim.pause(paused, Duration.ofSeconds(5));
    sim.run(Duration.ofSeconds(10));
    Scenario.settled(sim);
    assertThat(paused.counters().pauses()).isEqualTo(1);
    assertThat(paused.counters().suspicions()).isZero();
    for (SimNode node : sim.running()) {
      assertThat(Scenario.entered(node, paused, MemberState.FAILED)).isZero();
      assertThat(Scenario.entered(paused, node, MemberState.SUSPECT)).isZero();
    }
  }

  @Test
  void clocksThatJumpADayFailNobody() {
    Simulator sim = Scenario.mesh(7, 10);
    sim.jump(sim.nodes().get(3), Duration.ofDays(1));
    sim.jump(sim.nodes().get(4), Duration.ofDays(-1));
    sim.run(Duration.ofSeconds(10));
    Scenario.settled(sim);
    for (SimNode node : sim.running()) {
      assertThat(node.counters().failures()).isZero();
    }
  }

  @Test
  void aOneWayCutIsBridgedByHelpers() {
    Simulator sim = Scenario.mesh(8, 10);
    sim.network().cutOneWay(1, 2);
    sim.run(Duration.ofSeconds(60));
    for (SimNode node : sim.running()) {
      assertThat(node.counters().failures()).isZero();
    }
    Scenario.settled(sim);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aMeshCutInTheMiddleHealsWithinASecond(long seed) {
    Simulator sim = Scenario.mesh(seed, 16);
    sim.network().isolate(Set.of(0, 1, 2, 3, 4, 5, 6, 7));
    sim.run(Duration.ofSeconds(60));
    assertThat(Simulator.seen(sim.nodes().get(0), sim.nodes().get(9)))
        .isEqualTo(MemberState.FAILED);
    SimNode late = sim.add(100);
    sim.start(late);
    sim.run(Duration.ofSeconds(2));
    sim.network().heal();
    long took = sim.runUntil(Duration.ofSeconds(5), () -> sim.disagreements().isEmpty());
    assertThat(took).as("seed %d", seed).isBetween(1L, 1_500_000_000L);
  }

  @Test
  void linkUpBringsAnIsolatedHostBackAtOnce() {
    Simulator sim = Scenario.mesh(9, 16);
    sim.network().isolate(Set.of(5));
    sim.run(Duration.ofSeconds(30));
    sim.network().heal();
    sim.input(sim.nodes().get(5), new Input.LinkUp());
    assertThat(sim.runUntil(Duration.ofSeconds(1), () -> sim.disagreements().isEmpty()))
        .isPositive();
  }

  @Test
  void nobodyIsFailedAtTenPercentLoss() {
    Simulator sim = Scenario.mesh(10, 32, SwimConfig.defaults());
    sim.network().loss(0.1);
    sim.network().duplication(0.05);
    sim.run(Duration.ofMinutes(2));
    for (SimNode node : sim.running()) {
      assertThat(node.counters().failures()).isZero();
    }
    sim.network().loss(0);
    Scenario.settled(sim);
  }
}
