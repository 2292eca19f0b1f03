package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.Seed;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.KeyFile;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.membership.crypto.Verdict.Reason;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that live nodes make, keep, rotate and withhold: real sockets, files and engines. */
class KeysLiveTest {
  @TempDir Path directory;
  private Loopback loopback;
  private OperatorKey operator;
  private MeshToken token;
  private final List<JGroupsMembership> running = new ArrayList<>();
  private final Queue<String> worse = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void begin() throws Exception {
    loopback = new Loopback(directory);
    operator = OperatorKey.readOrCreate(directory.resolve("op/operator-key"), new SecureRandom());
    token = MeshToken.create("lab", List.of(), operator.publicKey(), new SecureRandom());
  }

  @AfterEach
  void end() {
    running.forEach(JGroupsMembership::close);
  }

  private JGroupsMembership start(String name, MeshToken with, int port) throws Exception {
    Path state = directory.resolve(name);
    NodeIdentity identity = NodeIdentity.open(state, new SecureRandom());
    KeyBook keys =
        new KeyFile(state, System::nanoTime, System::currentTimeMillis)
            .open(with, identity, new SecureRandom());
    JGroupsConfig config =
        JGroupsConfig.defaults(
                Loopback.HOST,
                keys,
                identity,
                state,
                (peer, answer) -> answer.accept(Answer.UNKNOWN))
            .withPort(port)
            .withGroup(loopback.group())
            .withSeeds(with.seeds().stream().map(it -> Seed.parse(it, 1)).toList())
            .withSessionsPerAddress(64);
    JGroupsMembership membership = new JGroupsMembership(config);
    membership.listen(
        event -> {
          if (event instanceof MembershipEvent.Transition it
              && it.from() == MemberState.ALIVE
              && it.to() != MemberState.ALIVE) {
            worse.add(it.toString());
          }
        });
    running.add(membership);
    membership.start(Bytes.EMPTY);
    return membership;
  }

  private JGroupsMembership start(String name) throws Exception {
    return start(name, token, Loopback.freePort());
  }

  private static boolean sees(JGroupsMembership who, JGroupsMembership whom) {
    Member member = who.view().members().get(whom.self());
    return member != null && member.state() == MemberState.ALIVE;
  }

  private static void awaitAcquainted(List<JGroupsMembership> all) {
    for (JGroupsMembership who : all) {
      for (JGroupsMembership whom : all) {
        await().until(() -> sees(who, whom));
      }
    }
  }

  private static int key(JGroupsMembership of) {
    return of.keys().keyring().id();
  }

  private static void awaitOneKey(List<JGroupsMembership> all) {
    await()
        .until(
            () ->
                all.stream().allMatch(it -> it.keys().keyring().hasEpoch())
                    && all.stream().map(KeysLiveTest::key).distinct().count() == 1);
  }

  @Test
  void theyMakeOneKeyRotateItAndLoseNobody() throws Exception {
    JGroupsMembership a = start("a");
    JGroupsMembership b = start("b");
    JGroupsMembership c = start("c");
    List<JGroupsMembership> all = List.of(a, b, c);
    awaitAcquainted(all);
    awaitOneKey(all);
    int first = key(a);
    b.keys().rotate(false);
    await().until(() -> key(a) != first && key(c) != first);
    awaitOneKey(all);
    await()
        .untilAsserted(() -> assertThat(a.keyReport().peers()).containsValues(key(a)).hasSize(2));
    // Still under the former key is nobody: everyone has said which it holds.
    await().until(() -> a.keyReport().peers().values().stream().allMatch(id -> id == key(a)));
    assertThat(worse).isEmpty();
    int port = c.endpoint().getPort();
    c.close();
    JGroupsMembership again = start("c", token, port);
    await().until(() -> sees(a, again) && sees(again, a));
    assertThat(key(again)).as("from its file").isEqualTo(key(a));
    for (JGroupsMembership one : List.of(a, b, again)) {
      assertThat(one.problems()).isEmpty();
    }
  }

  @Test
  void theOldTokenIsRefusedInStatusAndAOneTimeTokenHelps() throws Exception {
    JGroupsMembership a = start("a");
    JGroupsMembership b = start("b");
    awaitAcquainted(List.of(a, b));
    awaitOneKey(List.of(a, b));
    a.keys().rotate(false);
    awaitOneKey(List.of(a, b));
    JGroupsMembership late = start("late");
    await()
        .untilAsserted(
            () -> assertThat(late.problems()).extracting(Warning::code).contains("keys-refused"));
    assertThat(late.problems().toString()).contains("token create --once");
    assertThat(late.keys().keyring().hasEpoch()).isFalse();
    int port = late.endpoint().getPort();
    late.close();
    MeshToken once =
        a.keys().createToken(List.of("127.0.0.1:" + a.endpoint().getPort()), 600, true);
    JGroupsMembership again = start("late", once, port);
    await().until(() -> sees(again, b) && sees(b, again));
    assertThat(key(again)).isEqualTo(key(a));
    await()
        .untilAsserted(
            () ->
                assertThat(again.problems())
                    .extracting(Warning::code)
                    .doesNotContain("keys-refused"));
    assertThat(a.keyReport().tokens()).anyMatch(it -> it.state().equals("used"));
  }

  @Test
  void theBannedLosesItsRecordAndItsKeyAndStaysOutOverARestart() throws Exception {
    JGroupsMembership a = start("a");
    JGroupsMembership b = start("b");
    JGroupsMembership bad = start("bad");
    awaitAcquainted(List.of(a, b, bad));
    awaitOneKey(List.of(a, b, bad));
    a.keys().ban(bad.self(), operator);
    await().until(() -> !a.view().members().containsKey(bad.self()));
    await().until(() -> !b.view().members().containsKey(bad.self()));
    awaitOneKey(List.of(a, b));
    assertThat(key(bad)).isNotEqualTo(key(a));
    assertThat(sees(a, b) && sees(b, a)).isTrue();
    int port = bad.endpoint().getPort();
    bad.close();
    JGroupsMembership again = start("bad", token, port);
    long refused = a.transportStats().dropped().getOrDefault(Reason.REFUSED, 0L);
    await().until(() -> a.transportStats().dropped().getOrDefault(Reason.REFUSED, 0L) > refused);
    assertThat(key(again)).isNotEqualTo(key(a));
    int own = b.endpoint().getPort();
    b.close();
    JGroupsMembership restarted = start("b", token, own);
    await().until(() -> sees(a, restarted) && sees(restarted, a));
    assertThat(restarted.keys().banned()).containsExactly(bad.self());
    assertThat(restarted.view().members()).doesNotContainKey(bad.self());
    assertThat(a.view().members()).doesNotContainKey(bad.self());
  }
}
