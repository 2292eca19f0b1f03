package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.Subnet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClaimHistoryTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final ClaimHistory history = new ClaimHistory();
  private long now = Long.MAX_VALUE - 100 * SECOND;

  @Test
  void aLaterRecordsNewClaimIsYoungerThanAllOfTheFormer() {
    judge(peer(2, 7, "172.31.0.0/16"));
    assertThat(numbers(judge(peer(2, subnet("172.31.0.0/16", 7), subnet("172.22.0.0/16", 1)))))
        .containsExactly(7L, 8L);
    assertThat(numbers(judge(peer(2, subnet("172.31.0.0/16", 1), subnet("172.22.0.0/16", 9)))))
        .as("a number is never lowered, and a higher one counts")
        .containsExactly(7L, 9L);
  }

  @Test
  void aClaimMadeWhileItsOriginWasLostIsYoungerThanWhatWasKnownThen() {
    RemoteHost owner = peer(3, 40, "172.22.0.0/16");
    judge(peer(2, 7, "172.31.0.0/16"), owner);
    judge(state(peer(2, 7, "172.31.0.0/16"), MemberState.FAILED), owner);
    now += 60 * SECOND;
    ClaimHistory.Judged met =
        judge(peer(2, subnet("172.31.0.0/16", 7), subnet("172.22.0.0/16", 8)), owner);
    assertThat(numbers(met)).containsExactly(7L, 41L, 40L);
    assertThat(met.stands())
        .as("numbers decide between the two sides of a cut")
        .contains(holding(2, "172.31.0.0/16"), holding(2, "172.22.0.0/16"));

    now += 60 * SECOND;
    assertThat(judge(peer(2, subnet("172.31.0.0/16", 7), subnet("172.25.0.0/16", 50))).stands())
        .as("what it claims later is new")
        .doesNotContain(holding(2, "172.25.0.0/16"), holding(2, "172.22.0.0/16"));
  }

  /** A liar that lost need only fall silent for a moment, or come as one that failed. */
  @Test
  void aClaimThatWasInTheWayOfAStandingOneDoesNotReturnAsOneThatStands() {
    Set<Holding> standing = Set.of(holding(3, "172.22.0.0/16"));
    RemoteHost owner = peer(3, 40, "172.22.0.0/16");
    RemoteHost thief = peer(2, subnet("172.22.0.0/16", 1), subnet("172.25.0.0/16", 1));
    RemoteHost wide = peer(4, 1, "172.16.0.0/12");
    List<RemoteHost> all = List.of(owner, thief, wide);
    history.judge(List.of(owner, thief), 0, standing, now);
    List<RemoteHost> gone = new ArrayList<>(List.of(owner));
    List.of(thief, wide).forEach(it -> gone.add(state(it, MemberState.FAILED)));
    history.judge(gone, 0, standing, now);
    now += SECOND;
    assertThat(history.judge(all, 0, standing, now).stands())
        .containsExactlyInAnyOrder(holding(3, "172.22.0.0/16"), holding(2, "172.25.0.0/16"));
  }

  @Test
  void anAbsurdNumberIsVoidAndPullsNobodyAlong() {
    ClaimHistory.Judged judged =
        judge(
            peer(2, 7, "172.31.0.0/16"),
            peer(3, Lamport.MAX, "172.22.0.0/16"),
            peer(4, 9, "172.23.0.0/16"));
    assertThat(numbers(judged)).containsExactly(7L, 9L);
    assertThat(judged.peers()).allMatch(it -> it.record().highestLamport() < 10);
    assertThat(judged.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("claim-number-void");
              assertThat(it.message()).contains("host3");
            });
  }

  @Test
  void whoJoinsALongLivedMeshTakesItsNumbers() {
    long high = 5_000_000;
    assertThat(numbers(judge(peer(2, high, "172.31.0.0/16"), peer(3, high + 9, "172.22.0.0/16"))))
        .containsExactly(high, high + 9);
  }

  /** Whatever an origin says, its claims only get younger, and the rest's numbers stay. */
  @Property(tries = 300)
  void noOriginMakesItsClaimsOlder(@ForAll long seed) {
    Random random = new Random(seed);
    ClaimHistory judge = new ClaimHistory();
    RemoteHost owner = peer(3, 5, "172.31.0.0/16");
    Map<Prefix, Long> before = new HashMap<>();
    long highest = 0;
    for (int record = 0; record < 12; record++) {
      List<Subnet> subnets = new ArrayList<>();
      for (int net = 20; net < 24; net++) {
        if (random.nextBoolean()) {
          subnets.add(subnet("172." + net + ".0.0/16", 1 + random.nextInt(30)));
        }
      }
      RemoteHost liar = peer(2, subnets.toArray(Subnet[]::new));
      MemberState state = random.nextInt(4) == 0 ? MemberState.FAILED : MemberState.ALIVE;
      List<RemoteHost> judged =
          judge.judge(List.of(state(liar, state), owner), 5, Set.of(), record * SECOND).peers();
      assertThat(judged.get(1)).isEqualTo(owner);
      Map<Prefix, Long> counted = new HashMap<>();
      for (Subnet subnet : judged.get(0).record().subnets()) {
        counted.put(subnet.prefix(), subnet.lamport());
        assertThat(subnet.lamport())
            .isGreaterThan(before.getOrDefault(subnet.prefix(), highest) - 1);
        if (!before.containsKey(subnet.prefix())) {
          assertThat(subnet.lamport()).isGreaterThan(highest);
        }
      }
      before = counted;
      for (long number : counted.values()) {
        highest = Math.max(highest, number);
      }
    }
  }

  private ClaimHistory.Judged judge(RemoteHost... peers) {
    return history.judge(List.of(peers), 0, Set.of(), now);
  }

  private static List<Long> numbers(ClaimHistory.Judged judged) {
    return judged.peers().stream()
        .flatMap(it -> it.record().subnets().stream())
        .map(Subnet::lamport)
        .toList();
  }

  private static Holding holding(int host, String prefix) {
    return new Holding(
        Conflict.ClaimKind.PREFIX, Worlds.id(host), Worlds.VNI, Prefix.parse(prefix));
  }

  private static RemoteHost state(RemoteHost peer, MemberState state) {
    return new RemoteHost(peer.id(), state, peer.record());
  }

  private static RemoteHost peer(int host, long number, String prefix) {
    return peer(host, subnet(prefix, number));
  }

  private static RemoteHost peer(int host, Subnet... subnets) {
    HostRecord record =
        new HostRecord(
            "host" + host, "test", Worlds.ip("192.0.2." + host), 4789, List.of(), List.of(subnets));
    return Worlds.peer(host, MemberState.ALIVE, record);
  }

  private static Subnet subnet(String prefix, long number) {
    return new Subnet(Prefix.parse(prefix), Worlds.VNI, "net", "stack", null, number);
  }
}
