package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a member does in its life besides failing: moves, is contested, is forgotten. */
class LifeTest {
  @Test
  void aMovedHostIsFoundAtItsNewAddressByAllAndFailedByNone() {
    Simulator sim = Scenario.mesh(1, 12);
    SimNode moving = sim.nodes().get(4);
    sim.announceRestart(moving);
    sim.run(Duration.ofMillis(300));
    InetSocketAddress to = sim.readdress(moving);
    sim.start(moving);
    sim.run(Duration.ofSeconds(10));
    Scenario.settled(sim);
    for (SimNode node : sim.running()) {
      assertThat(Scenario.held(node, moving.id()).record().endpoint()).isEqualTo(to);
      assertThat(Scenario.entered(node, moving, MemberState.FAILED)).isZero();
    }
  }

  @Test
  void ofTwoHostsAtOneAddressTheOneIsToldSoAndRefutesMoreAndMoreSlowly() {
    Simulator sim = Scenario.mesh(2, 6);
    SimNode victim = sim.nodes().get(1);
    SimNode teller = sim.nodes().get(0);
    SignedHead second =
        SignedHead.sign(
            sim.signer(sim.add(0)),
            1,
            1,
            1,
            victim.address(),
            MemberRecord.Intent.STAY,
            Bytes.EMPTY);
    News claim = new News.Heard(second, null, Standing.ALIVE);
    sim.inject(
        teller.address(),
        victim,
        Codec.encode(new SwimMessage.Gossip(teller.id(), List.of(claim))));
    for (int i = 0; i < 60; i++) {
      long incarnation = Scenario.held(victim, victim.id()).record().incarnation();
      News rumor = new News.Rumor(Standing.REPLACED, victim.id(), incarnation, teller.id());
      Bytes datagram = Codec.encode(new SwimMessage.Gossip(teller.id(), List.of(rumor)));
      sim.inject(teller.address(), victim, datagram);
      sim.run(Duration.ofSeconds(1));
    }
    assertThat(Scenario.warned(victim, "endpoint-conflict")).isTrue();
    assertThat(victim.counters().refutations()).as("at 0, 1, 3, 7, 15, 31 s").isBetween(5L, 7L);
  }

  @Test
  void tombstonesExpireEverywhereAndNobodyTeachesThemAgain() {
    SwimConfig config = SwimConfig.defaults();
    Duration life = Duration.ofMinutes(4);
    Simulator sim =
        Scenario.mesh(
            3,
            8,
            config.with(config.bounds().withTombstone(life)));
    SimNode leaver = sim.nodes().get(7);
    sim.leave(leaver);
    sim.run(Duration.ofMinutes(1));
    assertThat(sim.allSee(leaver, MemberState.LEFT)).isTrue();
    SimNode late = sim.add(50);
    sim.run(Duration.ofSeconds(150));
    sim.start(late);
    sim.run(Duration.ofMinutes(6));
    for (SimNode node : sim.running()) {
      assertThat(Simulator.seen(node, leaver)).as("host %d", node.index()).isNull();
    }
  }

  @Test
  void newsSpreadInALargeMesh() {
    Simulator sim = new Simulator(4, SwimConfig.defaults());
    for (int i = 0; i < 300; i++) {
      SimNode node = sim.add(60);
      sim.after(Duration.ofMillis(5L * i), () -> sim.start(node));
    }
    sim.run(Duration.ofSeconds(2));
    assertThat(sim.settle(Duration.ofSeconds(10))).as("formed").isPositive();
    SimNode joining = sim.add(60);
    sim.start(joining);
    assertThat(sim.runUntil(Duration.ofSeconds(1), () -> sim.allSee(joining, MemberState.ALIVE)))
        .as("join visible within a second")
        .isPositive();
    SimNode silent = sim.nodes().get(200);
    sim.crash(silent);
    assertThat(sim.runUntil(Duration.ofSeconds(5), () -> sim.allSee(silent, MemberState.FAILED)))
        .as("failed within five seconds")
        .isPositive();
    assertThat(sim.falseFailures()).isZero();
  }
}
