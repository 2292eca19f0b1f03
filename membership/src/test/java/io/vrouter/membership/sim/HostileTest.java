package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.Signer;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Input that lies, repeats itself or makes no sense. */
class HostileTest {
  private static Bytes gossip(SimNode from, News... news) {
    return Codec.encode(new SwimMessage.Gossip(from.id(), List.of(news)));
  }

  @Test
  void absurdIncarnationsOfOthersHaveNoEffect() {
    Simulator sim = Scenario.mesh(1, 6);
    SimNode liar = sim.nodes().get(0);
    SimNode victim = sim.nodes().get(1);
    long incarnation = Scenario.held(victim, victim.id()).record().incarnation();
    for (SimNode node : sim.nodes().subList(1, 6)) {
      for (Standing standing : List.of(Standing.SUSPECT, Standing.FAILED, Standing.REPLACED)) {
        for (long absurd : new long[] {incarnation + 1, -1, Long.MAX_VALUE, 0}) {
          News rumor = new News.Rumor(standing, victim.id(), absurd, liar.id());
          sim.inject(liar.address(), node, gossip(liar, rumor));
        }
      }
    }
    sim.run(Duration.ofSeconds(3));
    Scenario.settled(sim);
    assertThat(victim.counters().refutations()).isZero();
    for (SimNode node : sim.nodes().subList(1, 6)) {
      assertThat(node.counters().unfounded()).isPositive();
      assertThat(Scenario.entered(node, victim, MemberState.SUSPECT)).isZero();
    }
  }

  @Test
  void aFalseFailureIsASuspicionThatIsRefuted() {
    Simulator sim = Scenario.mesh(2, 6);
    SimNode liar = sim.nodes().get(0);
    SimNode victim = sim.nodes().get(1);
    long incarnation = Scenario.held(victim, victim.id()).record().incarnation();
    News rumor = new News.Rumor(Standing.FAILED, victim.id(), incarnation, liar.id());
    for (SimNode node : sim.nodes().subList(2, 6)) {
      sim.inject(liar.address(), node, gossip(liar, rumor));
    }
    sim.run(Duration.ofSeconds(3));
    Scenario.settled(sim);
    for (SimNode node : sim.nodes()) {
      assertThat(Scenario.entered(node, victim, MemberState.FAILED)).isZero();
    }
  }

  @Test
  void forgedRecordsAreDroppedAndCounted() {
    Simulator sim = Scenario.mesh(3, 3);
    SimNode target = sim.nodes().get(0);
    SimNode victim = sim.nodes().get(1);
    Signer forger = Scenario.forger(victim);
    MembershipView before = target.view();
    for (long incarnation : new long[] {-1, 1L << 40}) {
      SignedHead head =
          SignedHead.sign(
              forger, incarnation, 0, 0, victim.address(), MemberRecord.Intent.LEAVE, Bytes.EMPTY);
      News news = new News.Heard(head, null, Standing.ALIVE);
      sim.inject(victim.address(), target, gossip(victim, news));
    }
    assertThat(target.view().members()).isEqualTo(before.members());
    assertThat(target.counters().forged()).isEqualTo(2);
  }

  @Test
  void anyBytesChangeNothing() {
    Simulator sim = Scenario.mesh(4, 3);
    SimNode target = sim.nodes().get(0);
    MembershipView before = target.view();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 10_000; i++) {
      byte[] octets = new byte[random.nextInt(200)];
      random.nextBytes(octets);
      if (octets.length > 1 && random.nextBoolean()) {
        octets[0] = Codec.VERSION;
        octets[1] = (byte) random.nextInt(12);
      }
      sim.inject(sim.nodes().get(1).address(), target, Bytes.of(octets));
    }
    assertThat(target.view().members()).isEqualTo(before.members());
    assertThat(target.counters().malformed()).isPositive();
    sim.run(Duration.ofSeconds(5));
    Scenario.settled(sim);
  }

  @Test
  void aReplayedPastChangesNothing() {
    Simulator sim = Scenario.mesh(5, 5);
    SimNode leaver = sim.nodes().get(1);
    SimNode witness = sim.nodes().get(0);
    List<Input.Datagram> past = new ArrayList<>();
    sim.tap(
        (to, datagram) -> {
          if (to == witness) {
            past.add(datagram);
          }
        });
    sim.publish(sim.nodes().get(2), sim.payload(100));
    sim.run(Duration.ofSeconds(5));
    sim.leave(leaver);
    sim.run(Duration.ofSeconds(2));
    sim.publish(sim.nodes().get(2), sim.payload(100));
    sim.run(Duration.ofSeconds(2));
    Scenario.settled(sim);
    MembershipView before = witness.view();
    assertThat(past).hasSizeGreaterThan(50);
    for (Input.Datagram datagram : List.copyOf(past)) {
      sim.inject(datagram.from(), witness, datagram.bytes());
    }
    assertThat(witness.view().members()).isEqualTo(before.members());
    sim.run(Duration.ofSeconds(10));
    Scenario.settled(sim);
  }

  @Test
  void membersBeyondTheBoundAreDroppedAndCounted() {
    SimKeys keys = new SimKeys();
    SwimConfig defaults = SwimConfig.defaults();
    SwimConfig config = defaults.with(defaults.bounds().withMembers(50));
    Simulator sim = new Simulator(6, config);
    SimNode one = sim.add(10);
    Engine engine =
        new Engine(
            config,
            one.signer,
            keys,
            one.address(),
            1L << 32,
            1,
            Bytes.EMPTY,
            new SplittableRandom(6));
    engine.step(new Input.Tick(), 0);
    for (int i = 0; i < 500; i++) {
      SimNode stranger = sim.add(10);
      SignedHead head =
          SignedHead.sign(
              stranger.signer, 1, 1, 1, stranger.address(), MemberRecord.Intent.STAY, Bytes.EMPTY);
      Bytes datagram = gossip(stranger, new News.Heard(head, null, Standing.ALIVE));
      List<Effect> effects =
          engine.step(new Input.Datagram(stranger.address(), datagram), 1000L * i);
      assertThat(effects).hasSizeLessThan(200);
    }
    assertThat(engine.view().members()).hasSize(50);
    assertThat(engine.counters().overflow()).isGreaterThanOrEqualTo(500 - 49);
  }
}
