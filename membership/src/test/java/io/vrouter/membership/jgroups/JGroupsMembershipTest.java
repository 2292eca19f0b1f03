package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.Seed;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.Verdict.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole members in one process, on loopback. */
class JGroupsMembershipTest {
  @TempDir Path directory;
  private Loopback loopback;
  private final List<JGroupsMembership> members = new ArrayList<>();

  @BeforeEach
  void begin() throws Exception {
    loopback = new Loopback(directory);
  }

  @AfterEach
  void end() {
    members.forEach(JGroupsMembership::close);
  }

  private JGroupsConfig config(String name) throws Exception {
    return loopback.config(name, Loopback.TOKEN);
  }

  private JGroupsConfig silent(String name) throws Exception {
    return config(name).withMulticast(false);
  }

  private static Seed seed(JGroupsConfig of) {
    return new Seed(of.underlay().getHostAddress(), of.port());
  }

  private JGroupsMembership start(JGroupsConfig config) throws Exception {
    JGroupsMembership membership = new JGroupsMembership(config);
    members.add(membership);
    membership.start(text("port " + config.port()));
    return membership;
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }

  private static boolean sees(JGroupsMembership who, JGroupsMembership whom, MemberState state) {
    Member member = who.view().members().get(whom.self());
    return member != null && member.state() == state;
  }

  private static MemberRecord record(JGroupsMembership who, JGroupsMembership whom) {
    return Objects.requireNonNull(who.view().members().get(whom.self())).record();
  }

  private static void awaitAcquainted(JGroupsMembership... all) {
    for (JGroupsMembership who : all) {
      for (JGroupsMembership whom : all) {
        await().until(() -> sees(who, whom, MemberState.ALIVE));
      }
    }
  }

  @Test
  void findEachOtherByMulticastAlone() throws Exception {
    JGroupsConfig first = config("a");
    JGroupsMembership a = start(first);
    JGroupsMembership b = start(config("b"));
    JGroupsMembership c = start(config("c"));
    awaitAcquainted(a, b, c);
    assertThat(record(b, a))
        .returns(text("port " + first.port()), MemberRecord::payload)
        .returns(first.self(), MemberRecord::endpoint);
    await().until(() -> c.view().settled());
    assertThat(c.problems()).isEmpty();
  }

  @Test
  void findEachOtherByOneSeedWithoutMulticast() throws Exception {
    JGroupsConfig first = silent("a");
    JGroupsMembership a = start(first.withSeeds(List.of(seed(first))));
    JGroupsMembership b = start(silent("b").withSeeds(List.of(seed(first))));
    JGroupsMembership c = start(silent("c").withSeeds(List.of(seed(first))));
    awaitAcquainted(a, b, c);
  }

  @Test
  void aSeedThatComesLaterIsFound() throws Exception {
    JGroupsConfig late = silent("late");
    JGroupsMembership a = start(silent("a").withSeeds(List.of(seed(late))));
    await().until(() -> a.transportStats().sent() >= 2);
    awaitAcquainted(a, start(late));
  }

  @Test
  void aNameWithSeveralAddressesIsASeedAndIsLookedUpAgain() throws Exception {
    JGroupsConfig first = silent("a");
    List<InetAddress> answer = new CopyOnWriteArrayList<>();
    SeedResolver resolver =
        host -> {
          assertThat(host).isEqualTo("mesh.example");
          if (answer.isEmpty()) {
            throw new UnknownHostException(host);
          }
          return List.copyOf(answer);
        };
    JGroupsMembership a = start(first);
    JGroupsMembership b =
        start(
            silent("b")
                .withSeeds(List.of(Seed.parse("mesh.example:" + first.port(), 1)))
                .withResolver(resolver));
    await()
        .untilAsserted(
            () ->
                assertThat(b.problems())
                    .extracting(Warning::code)
                    .containsExactly("seed-unresolvable"));
    answer.addAll(List.of(InetAddress.getByName("127.0.0.77"), Loopback.HOST));
    b.linkChanged();
    awaitAcquainted(a, b);
    assertThat(b.problems()).isEmpty();
  }

  @Test
  void anotherTokenStaysOutAndChangesNothing() throws Exception {
    JGroupsConfig first = config("a");
    JGroupsMembership a = start(first);
    JGroupsMembership b = start(config("b"));
    awaitAcquainted(a, b);
    JGroupsMembership stranger =
        start(loopback.config("c", Loopback.OTHER).withSeeds(List.of(seed(first))));
    await().until(() -> a.transportStats().dropped().getOrDefault(Reason.WRONG_KEY, 0L) > 3);
    assertThat(a.view().members()).containsOnlyKeys(a.self(), b.self());
    assertThat(stranger.view().members()).containsOnlyKeys(stranger.self());
    await()
        .untilAsserted(
            () ->
                assertThat(a.problems()).extracting(Warning::code).containsExactly("wrong-token"));
  }

  @Test
  void anInsiderThatSendsMalformedMessagesIsShutOutAndNobodyElseIs() throws Exception {
    JGroupsConfig first = config("a");
    JGroupsMembership a = start(first);
    JGroupsMembership b = start(config("b"));
    awaitAcquainted(a, b);
    try (Insider insider = new Insider(first, InetAddress.getByName("127.0.0.2"))) {
      insider.getAcquainted();
      for (int i = 0; i < 8; i++) {
        insider.send(insider.ours("a type that no message has"));
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(a.problems())
                      .extracting(Warning::code)
                      .containsExactly("node-misbehaves"));
      insider.send(insider.ours("a type that no message has"));
      await().until(() -> a.transportStats().dropped().getOrDefault(Reason.REFUSED, 0L) == 1);
    }
    assertThat(a.transportStats().sessions()).isEqualTo(1);
    awaitAcquainted(a, b);
  }

  @Test
  void whoLeavesIsLeftAtOnceAndSilentAfterwards() throws Exception {
    JGroupsMembership a = start(config("a"));
    JGroupsMembership b = start(config("b"));
    awaitAcquainted(a, b);
    Queue<MembershipEvent> events = new ConcurrentLinkedQueue<>();
    a.listen(events::add);
    b.leave(Intent.LEAVE, Duration.ofSeconds(5));
    await().until(() -> sees(a, b, MemberState.LEFT));
    long sent = b.transportStats().sent();
    await().until(() -> !events.isEmpty());
    assertThat(events)
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        MembershipEvent.Transition.class,
                        t -> assertThat(t.to()).isEqualTo(MemberState.LEFT)));
    assertThat(b.transportStats().sent()).isEqualTo(sent);
  }

  @Test
  void aSilentPeerFailsAndOneThatReturnsIsBack() throws Exception {
    JGroupsConfig second = config("b");
    JGroupsMembership a = start(config("a"));
    JGroupsMembership b = start(second);
    awaitAcquainted(a, b);
    b.close();
    await().until(() -> sees(a, b, MemberState.FAILED));
    JGroupsConfig again = config("b").withPort(second.port());
    JGroupsMembership back = start(again);
    assertThat(back.self()).isEqualTo(b.self());
    awaitAcquainted(a, back);
  }

  @Test
  void peersOfTheLastBootAreTriedWithoutMulticastOrSeed() throws Exception {
    JGroupsConfig first = silent("a");
    JGroupsMembership a = start(first);
    JGroupsConfig second = silent("b");
    JGroupsMembership b = start(second.withSeeds(List.of(seed(first))));
    awaitAcquainted(a, b);
    b.close();
    assertThat(directory.resolve("b").resolve(PeersFile.NAME))
        .hasContent("vrouter-peers 1\n127.0.0.1:" + first.port());
    awaitAcquainted(a, start(silent("b").withPort(second.port())));
  }

  @Test
  void whatWasPublishedIsSeenByTheOthers() throws Exception {
    JGroupsMembership a = start(config("a"));
    JGroupsMembership b = start(config("b"));
    awaitAcquainted(a, b);
    b.publish(text("news"));
    await().until(() -> record(a, b).payload().equals(text("news")));
    Bytes large = Bytes.of(new byte[MemberRecord.MAX_PAYLOAD]);
    b.publish(large);
    await().until(() -> record(a, b).payload().equals(large));
    Bytes tooLarge = Bytes.of(new byte[MemberRecord.MAX_PAYLOAD + 1]);
    assertThatIllegalArgumentException().isThrownBy(() -> b.publish(tooLarge));
  }

  @Test
  void theBeginningIsRefusedWithACodeWhenItCannotBe() throws Exception {
    JGroupsConfig first = config("a");
    start(first);
    assertThatThrownBy(() -> start(config("b").withPort(first.port())))
        .isInstanceOfSatisfying(
            MembershipException.class, e -> assertThat(e.code()).isEqualTo("gossip-port-taken"));
  }

  @Test
  void aCorruptPeersFileIsAProblemAndNoObstacle() throws Exception {
    JGroupsConfig first = config("a");
    Files.writeString(directory.resolve("a").resolve(PeersFile.NAME), "rubbish");
    JGroupsMembership a = start(first);
    JGroupsMembership b = start(config("b"));
    awaitAcquainted(a, b);
    assertThat(a.problems()).extracting(Warning::code).containsExactly("peers-corrupt");
  }

  @Test
  void beforeTheStartThereIsNothingAndCloseMayComeTwice() throws Exception {
    JGroupsMembership a = new JGroupsMembership(config("a"));
    assertThat(a.view().members()).isEmpty();
    assertThat(a.transportStats().sent()).isZero();
    a.publish(text("into the void"));
    a.close();
    a.close();
    assertThatThrownBy(() -> a.start(Bytes.EMPTY)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingThatPrintsHoldsTheKey() throws Exception {
    JGroupsConfig config = loopback.config("a", MeshToken.parse(Loopback.TOKEN.encode()));
    String secret = Loopback.TOKEN.encode().substring(8, 44);
    String file = Files.readString(directory.resolve("a").resolve("identity"));
    assertThat(config.toString()).doesNotContain(secret).doesNotContain(file.split(" ", -1)[2]);
  }
}
