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

/** A member that invents much: it costs the others a bounded share of what they have. */
class FloodTest {
  private static final SwimConfig DEFAULTS = SwimConfig.defaults();

  private final SplittableRandom random = new SplittableRandom(1);

  private NodeId invented() {
    return new NodeId(random.nextLong(), random.nextLong());
  }

  private static SignedHead head(SimNode node, Bytes payload) {
    return SignedHead.sign(node.signer, Solo.FIRST + 1, 1, 1, node.address(), Intent.STAY, payload);
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
      List<SwimMessage.DigestEntry> entries = new ArrayList<>();
      for (int k = 0; k < SwimMessage.Detail.MAX_ENTRIES; k++) {
        entries.add(new SwimMessage.DigestEntry(invented(), 1, 1, Standing.ALIVE));
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

  /** A record with a large payload, from the liar: the engine fetches it in chunks. */
  private static void offer(Solo solo, SimNode liar, SignedHead head, Bytes payload) {
    solo.forget();
    solo.hear(liar, new News.Heard(head, null, Standing.ALIVE));
    solo.pass(Duration.ofMillis(1));
    for (SwimMessage.ChunkRequest asked : solo.said(SwimMessage.ChunkRequest.class)) {
      for (int i = 0; i * SwimMessage.Chunk.SIZE < payload.length(); i++) {
        int from = i * SwimMessage.Chunk.SIZE;
        Bytes octets =
            payload.part(from, Math.min(SwimMessage.Chunk.SIZE, payload.length() - from));
        solo.hear(
            liar,
            new SwimMessage.Chunk(liar.id(), asked.subject(), asked.hash(), i, octets, List.of()));
      }
    }
  }

  private static long bytes(Solo solo) {
    return solo.engine.view().members().values().stream()
        .mapToLong(member -> 512L + member.record().payload().length())
        .sum();
  }

  /** Counted, not measured: what is held is what the heap holds. */
  @Test
  void tenThousandInventedIdentitiesWithFullRecordsKeepTheHeapFlat() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode liar = solo.others.get(0);
    SimNode honest = solo.others.get(1);
    solo.answers = (node, message) -> node == honest || node == liar;
    Bytes own = Bytes.of(new byte[800]);
    solo.hear(honest, new News.Heard(head(honest, own), own, Standing.ALIVE));
    Bytes full = Bytes.of(new byte[16 * 1024]);
    for (int i = 0; i < 10_000; i++) {
      SimNode sybil = solo.unlisted();
      offer(solo, liar, head(sybil, full), full);
      if (i % 100 == 0) {
        assertThat(bytes(solo)).as("after %d", i).isLessThanOrEqualTo(6L << 20);
        assertThat(solo.engine.held()).isLessThan(20_000);
      }
    }
    assertThat(solo.engine.view().members()).containsKey(honest.id());
    assertThat(Scenario.held(solo.engine.view(), honest.id()).record().payload()).isEqualTo(own);
    SimNode newcomer = solo.stranger();
    solo.hear(newcomer, new News.Heard(head(newcomer, own), own, Standing.ALIVE));
    assertThat(solo.engine.view().members()).containsKey(newcomer.id());
  }

  @Test
  void aTableFullOfStrangersLetsAMemberInThatSpeaksForItself() {
    Solo solo = new Solo(DEFAULTS.with(DEFAULTS.bounds().withMembers(50)), 3);
    SimNode liar = solo.others.get(0);
    for (int i = 0; i < 100; i++) {
      SimNode sybil = solo.unlisted();
      solo.hear(liar, new News.Heard(head(sybil, Bytes.EMPTY), null, Standing.ALIVE));
    }
    SimNode newcomer = solo.stranger();
    solo.hear(newcomer, new News.Heard(head(newcomer, Bytes.EMPTY), null, Standing.ALIVE));
    for (int i = 0; i < 100; i++) {
      SimNode sybil = solo.unlisted();
      solo.hear(liar, new News.Heard(head(sybil, Bytes.EMPTY), null, Standing.ALIVE));
    }
    assertThat(solo.engine.view().members())
        .hasSize(50)
        .containsKeys(newcomer.id(), liar.id(), solo.others.get(1).id(), solo.others.get(2).id());
  }

  @Test
  void atOneAddressLiveAFewIdentitiesAndFewNewOnesComePerMinute() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode liar = solo.others.get(0);
    for (int i = 0; i < 100; i++) {
      SimNode sybil = solo.unlisted();
      InetSocketAddress there = new InetSocketAddress(liar.address().getAddress(), 10_000 + i);
      SignedHead head = SignedHead.sign(sybil.signer, 1, 1, 1, there, Intent.STAY, Bytes.EMPTY);
      News news = new News.Heard(head, null, Standing.ALIVE);
      solo.hear(there, new SwimMessage.Gossip(sybil.id(), List.of(news)));
    }
    long there =
        solo.engine.view().members().values().stream()
            .filter(
                member ->
                    member.record().endpoint().getAddress().equals(liar.address().getAddress()))
            .count();
    assertThat(there).isEqualTo(4);
    assertThat(solo.state(liar)).as("the first one there").isEqualTo(MemberState.ALIVE);
  }

  @Test
  void inventedIdentitiesAtTheAddressOfAMemberKeepItNeitherOutNorAway() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode liar = solo.others.get(0);
    SimNode victim = solo.stranger();
    for (int i = 0; i < 20; i++) {
      SimNode sybil = solo.unlisted();
      InetSocketAddress there = new InetSocketAddress(victim.address().getAddress(), 10_000 + i);
      SignedHead head = SignedHead.sign(sybil.signer, 1, 1, 1, there, Intent.STAY, Bytes.EMPTY);
      solo.hear(liar, new News.Heard(head, null, Standing.ALIVE));
      if (i == 5) {
        solo.pass(Duration.ofMinutes(1));
        solo.hear(victim, new News.Heard(head(victim, Bytes.EMPTY), null, Standing.ALIVE));
      }
    }
    assertThat(solo.state(victim)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void aFailedStrangerIsDroppedAfterTenMinutesAndAFailedMemberIsNot() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode liar = solo.others.get(0);
    SimNode known = solo.others.get(1);
    solo.answers = (node, message) -> node == liar;
    SimNode sybil = solo.unlisted();
    solo.hear(liar, new News.Heard(head(sybil, Bytes.EMPTY), null, Standing.ALIVE));
    solo.pass(Duration.ofMinutes(1));
    assertThat(solo.state(sybil)).isEqualTo(MemberState.FAILED);
    solo.pass(Duration.ofMinutes(12));
    assertThat(solo.engine.view().members()).doesNotContainKey(sybil.id());
    assertThat(solo.state(known)).isEqualTo(MemberState.FAILED);
  }

  /** Strangers that never answer are dropped for others while this node still probes them. */
  @Test
  void whatIsStillGoingOnAboutADroppedMemberChangesNothing() {
    Solo solo = new Solo(DEFAULTS, 3);
    SimNode liar = solo.others.get(0);
    SimNode honest = solo.others.get(1);
    solo.answers = (node, message) -> node == honest || node == liar;
    for (int i = 0; i < 640; i++) {
      SimNode sybil = solo.unlisted();
      InetSocketAddress there = new InetSocketAddress("192.0.2." + (100 + i % 4), 10_000 + i);
      SignedHead head = SignedHead.sign(sybil.signer, 1, 1, 1, there, Intent.STAY, Bytes.EMPTY);
      solo.hear(liar, new News.Heard(head, null, Standing.ALIVE));
      solo.pass(Duration.ofMillis(150));
      if (i % 32 == 31) { // eight at each address, of which four remain
        solo.pass(Duration.ofMinutes(1));
      }
      assertThat(solo.engine.view().members()).as("after %d", i).hasSizeLessThan(40);
    }
    assertThat(solo.state(honest)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void whereNobodyIsKnownToBeNothingIsSentForOthers() {
    Solo solo = new Solo(DEFAULTS, 2);
    SimNode liar = solo.others.get(0);
    InetSocketAddress third = new InetSocketAddress("192.0.2.9", 53);
    for (int i = 0; i < 10; i++) {
      solo.hear(liar, new SwimMessage.PingReq(liar.id(), i, third, List.of()));
    }
    solo.pass(Duration.ofSeconds(1));
    assertThat(solo.said).noneMatch(sent -> sent.to().equals(third));
  }

  @Test
  void anEndpointThatNeverSentAnythingGetsFewAndShortDatagrams() {
    Solo solo = new Solo(DEFAULTS, 4);
    SimNode liar = solo.others.get(0);
    SimNode third = solo.unlisted();
    solo.answers = (node, message) -> true;
    for (SimNode node : solo.others) {
      Bytes payload = Bytes.of(new byte[800]);
      solo.hear(node, new News.Heard(head(node, payload), payload, Standing.ALIVE));
    }
    solo.hear(liar, new News.Heard(head(third, Bytes.EMPTY), null, Standing.ALIVE));
    solo.pass(Duration.ofMinutes(1));
    List<Solo.Sent> there =
        solo.said.stream().filter(sent -> sent.to().equals(third.address())).toList();
    assertThat(there).as("in the first minute").hasSizeBetween(3, 40);
    solo.forget();
    solo.pass(Duration.ofMinutes(5));
    there = solo.said.stream().filter(sent -> sent.to().equals(third.address())).toList();
    assertThat(there)
        .as("in five minutes more")
        .hasSizeLessThanOrEqualTo(8)
        .allMatch(sent -> Codec.encode(sent.message()).length() < 100);
  }

  @Test
  void manyLinksThatComeUpAreOneASecond() {
    Solo solo = new Solo(DEFAULTS, 4);
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(5));
    solo.forget();
    for (int i = 0; i < 100; i++) {
      solo.input(new Input.LinkUp());
      solo.pass(Duration.ofMillis(20));
    }
    assertThat(solo.said(SwimMessage.Digest.class)).hasSizeBetween(3, 3 * 3 + 1);
    solo.pass(Duration.ofSeconds(1));
    solo.forget();
    solo.pass(Duration.ofMillis(900));
    assertThat(solo.said(SwimMessage.Digest.class)).hasSizeLessThan(3);
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
