package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
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

/** A member that invents much: it costs the others a bounded share of what they have. */
class FloodTest {
  private static final SwimConfig DEFAULTS = SwimConfig.defaults();

  private final SplittableRandom random = new SplittableRandom(1);

  private NodeId invented() {
    return new NodeId(random.nextLong(), random.nextLong());
  }

  private static SignedHead head(SimNode node, Bytes payload) {
    return SignedHead.sign(
        node.signer, Solo.FIRST + 1, 1, 1, node.address(), Intent.STAY, payload);
  }

  @Test
  void inventedSendersKeepNoNodeUnsettled() {
    Simulator sim = Scenario.mesh(1, 4);
    SimNode liar = sim.nodes().get(0);
    SimNode node = sim.nodes().get(1);
    for (int i = 0; i < 60; i++) {
      Bytes datagram = Codec.encode(new SwimMessage.Gossip(invented(), List.of()));
      sim.inject(liar.address(), node, datagram);
      for (int ms = 0; ms < 1000; ms += 100) {
        assertThat(node.view().settled()).isTrue();
        sim.run(Duration.ofMillis(100));
      }
    }
  }

  @Test
  void inventedSendersKeepNoNodeThatStartsUnsettledForLong() {
    Solo solo = new Solo(DEFAULTS, 2);
    for (int i = 0; i < 400; i++) {
      solo.hear(solo.others.get(0).address(), new SwimMessage.Gossip(invented(), List.of()));
      solo.pass(Duration.ofMillis(10));
    }
    assertThat(solo.engine.view().settled()).isTrue();
  }

  @Test
  void aSourceThatNamesManyInventedMembersKeepsNoOthersWaiting() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode liar = solo.others.get(0);
    SimNode honest = solo.others.get(1);
    for (int i = 0; i < 40; i++) {
      List<SwimMessage.Entry> entries = new ArrayList<>();
      for (int k = 0; k < SwimMessage.Detail.MAX_ENTRIES; k++) {
        entries.add(new SwimMessage.Entry(invented(), 1, 1, Standing.ALIVE));
      }
      solo.hear(
          liar,
          new SwimMessage.Detail(
              liar.id(), false, 1, 0, new NodeId(0, 0), new NodeId(-1, -1), entries, List.of()));
    }
    solo.pass(Duration.ofMillis(50));
    solo.forget();
    solo.hear(honest, new News.Heard(head(honest, Bytes.of(new byte[400])), null, Standing.ALIVE));
    solo.pass(Duration.ofMillis(20));
    assertThat(solo.said(SwimMessage.Pull.class)).anyMatch(p -> p.ids().contains(honest.id()));
  }

  @Test
  void aChunkThatIsRepeatedKeepsNoPullAlive() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode liar = solo.others.get(0);
    SignedHead slow = head(liar, Bytes.of(new byte[16_000]));
    solo.hear(liar, new News.Heard(slow, null, Standing.ALIVE));
    Bytes octets = Bytes.of(new byte[SwimMessage.Chunk.SIZE]);
    for (int i = 0; i < 120; i++) {
      solo.forget();
      solo.pass(Duration.ofMillis(100));
      solo.hear(
          liar,
          new SwimMessage.Chunk(liar.id(), liar.id(), slow.payloadHash(), 0, octets, List.of()));
    }
    solo.forget();
    solo.pass(Duration.ofSeconds(1));
    assertThat(solo.said(SwimMessage.ChunkRequest.class)).isEmpty();
  }
}
