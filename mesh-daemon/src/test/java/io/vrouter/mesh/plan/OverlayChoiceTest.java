package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.HostRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** All hosts choose one overlay subnet by each other's records alone. */
class OverlayChoiceTest {
  private static RemoteHost host(int number, @Nullable Integer blocked, String... prefixes) {
    HostRecord record = Worlds.record(number, "192.0.2." + number, "10.1.1." + number, 1, prefixes);
    return Worlds.peer(number, MemberState.ALIVE, record.withBlockedOverlays(blocked));
  }

  /** The choice of each of these hosts, which know all others. */
  private static List<Integer> choices(RemoteHost... hosts) {
    List<Integer> choices = new ArrayList<>();
    for (RemoteHost self : hosts) {
      List<RemoteHost> others = new ArrayList<>(List.of(hosts));
      others.remove(self);
      Integer blocked = self.record().blockedOverlays();
      choices.add(OverlayChoice.choose(blocked == null ? 0 : blocked, others, Worlds.VNI));
    }
    return choices;
  }

  @Test
  void theCandidatesArePrivateApartAndClearOfTheDefaultPools() {
    Prefix pool = Prefix.parse("10.128.0.0/10");
    Set<Prefix> seen = new HashSet<>();
    assertThat(OverlayChoice.CANDIDATES).hasSize(32);
    for (Prefix candidate : OverlayChoice.CANDIDATES) {
      assertThat(candidate.isPrivate()).isTrue();
      assertThat(candidate.overlaps(pool)).isFalse();
      assertThat(IntStream.rangeClosed(17, 31))
          .noneMatch(i -> candidate.overlaps(Prefix.parse("172." + i + ".0.0/16")));
      assertThat(seen.add(candidate)).isTrue();
    }
    assertThat(OverlayChoice.candidate(0)).isEqualTo(Prefix.parse("10.1.1.0/24"));
  }

  @Test
  void oneHostThatReachesTheDefaultMovesAll() {
    assertThat(choices(host(1, 0), host(2, 0), host(3, 0))).containsOnly(0);
    assertThat(choices(host(1, 0), host(2, 1), host(3, 0))).as("late join").containsOnly(1);
  }

  @Test
  void hostsThatDisagreeFindWhatBothCanUse() {
    assertThat(choices(host(1, 0b101), host(2, 0b10))).containsOnly(3);
  }

  @Test
  void twoPartsOfAMeshThatMeetAgainAgree() {
    assertThat(choices(host(1, 0), host(2, 0))).containsOnly(0);
    assertThat(choices(host(3, 1), host(4, 0))).containsOnly(1);
    assertThat(choices(host(1, 0), host(2, 0), host(3, 1), host(4, 0))).containsOnly(1);
  }

  @Test
  void aMembersOwnPrefixesAndUnderlayCount() {
    assertThat(choices(host(1, 0, "10.1.0.0/16"), host(2, 0))).endsWith(1);
    HostRecord inside = Worlds.record(3, "10.1.1.9", "10.1.1.3", 1).withBlockedOverlays(0);
    assertThat(
            OverlayChoice.choose(0, List.of(Worlds.peer(3, MemberState.ALIVE, inside)), Worlds.VNI))
        .isEqualTo(1);
  }

  @Test
  void aHostWithoutAWordStaysWhereItIs() {
    assertThat(choices(host(1, null), host(2, 0), host(3, 0))).containsOnly(0);
  }

  @Test
  void aMemberThatBlocksAllMovesNobody() {
    assertThat(choices(host(2, 0), host(3, 0), host(4, -1)).subList(0, 2)).containsOnly(0);
    assertThat(OverlayChoice.choose(-1, List.of(), Worlds.VNI)).isZero();
  }

  @Test
  void thisHostsOwnReachIsDecisive() {
    List<RemoteHost> all = List.of(host(2, ~1), host(3, ~1), host(4, ~1));
    assertThat(OverlayChoice.choose(0, all, Worlds.VNI)).isZero();
    assertThat(OverlayChoice.choose(1, all, Worlds.VNI)).isEqualTo(1);
  }

  @Test
  void aHostThatLeftNoLongerCountsAndAFailedOneDoes() {
    HostRecord record = host(2, 1).record();
    for (MemberState state : MemberState.values()) {
      boolean gone = state == MemberState.LEFT || state == MemberState.REPLACED;
      int choice = OverlayChoice.choose(0, List.of(Worlds.peer(2, state, record)), Worlds.VNI);
      assertThat(choice).as(state.toString()).isEqualTo(gone ? 0 : 1);
    }
  }

  @Test
  void whatAHostReachesIsBlocked() {
    LocalState local = Worlds.local();
    assertThat(OverlayChoice.blocked(local, ForeignRoutes.NONE)).isZero();
    assertThat(OverlayChoice.blocked(local, Worlds.connected("10.1.1.0/24", "eth1"))).isOne();
    assertThat(OverlayChoice.blocked(local, Worlds.connected("10.1.0.0/16", "eth1"))).isOne();
    assertThat(
            OverlayChoice.blocked(
                local,
                new ForeignRoutes(
                    List.of(new ForeignRoutes.Occupied(Prefix.parse("10.0.0.0/8"), "tun0", false)),
                    Set.of())))
        .as("the longer prefix wins")
        .isZero();
    assertThat(
            OverlayChoice.blocked(
                Worlds.local(Worlds.network("10.113.0.0/16", "br-mesh")), ForeignRoutes.NONE))
        .isEqualTo(2);
  }

  @Property(tries = 200)
  void allAgreeWhereverOneSubnetSuitsAll(
      @ForAll @Size(min = 2, max = 9) List<Integer> masks, @ForAll byte free) {
    int common = 1 << (free & 31);
    RemoteHost[] hosts =
        IntStream.range(0, masks.size())
            .mapToObj(i -> host(i + 1, masks.get(i) & ~common))
            .toArray(RemoteHost[]::new);
    assertThat(new HashSet<>(choices(hosts))).hasSize(1);
  }
}
