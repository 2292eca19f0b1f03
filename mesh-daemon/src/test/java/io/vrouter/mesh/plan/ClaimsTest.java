package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ClaimsTest {
  @Property
  void theOrderInWhichClaimsAreHeardMakesNoDifference(
      @ForAll("claims") List<Claim> claims, @ForAll long seed) {
    List<Claim> shuffled = new ArrayList<>(claims);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(Claims.settle(shuffled)).isEqualTo(Claims.settle(claims));
  }

  @Property
  void whatIsHeldByTwoNeverOverlaps(@ForAll("claims") List<Claim> claims) {
    List<Claim> held = Claims.settle(claims).held();
    for (Claim a : held) {
      for (Claim b : held) {
        boolean rivals = !a.id().equals(b.id()) || !a.vni().equals(b.vni());
        assertThat(rivals && a.prefix().overlaps(b.prefix())).as("%s and %s", a, b).isFalse();
      }
    }
  }

  @Property
  void everyClaimIsHeldOrLosesToABetterOne(@ForAll("claims") List<Claim> claims) {
    Claims.Settled settled = Claims.settle(claims);
    assertThat(settled.held().size() + settled.conflicts().size()).isEqualTo(claims.size());
    for (Conflict conflict : settled.conflicts()) {
      assertThat(conflict.winner().lamport()).isLessThanOrEqualTo(conflict.loser().lamport());
      assertThat(
              Prefix.parse(conflict.winner().claimed())
                  .overlaps(Prefix.parse(conflict.loser().claimed())))
          .isTrue();
    }
  }

  @Test
  void theOlderClaimWinsThenTheLowerId() {
    assertThat(winners(claim(2, "10.5.0.0/16", 1), claim(1, "10.5.0.0/16", 2))).containsExactly(2);
    assertThat(winners(claim(2, "10.5.0.0/16", 7), claim(1, "10.5.0.0/16", 7))).containsExactly(1);
  }

  @Test
  void whatLostToAThirdPushesNobodyOut() {
    assertThat(
            winners(
                claim(1, "10.5.0.0/24", 1), claim(2, "10.5.0.0/16", 2), claim(3, "10.5.9.0/24", 3)))
        .containsExactly(1, 3);
  }

  @Test
  void oneHostMayClaimAPrefixInsideItsOwn() {
    assertThat(winners(claim(1, "10.5.0.0/16", 1), claim(1, "10.5.9.0/24", 2)))
        .containsExactly(1, 1);
  }

  private static List<Integer> winners(Claim... claims) {
    return Claims.settle(List.of(claims)).held().stream()
        .map(claim -> (int) claim.id().high())
        .toList();
  }

  private static Claim claim(int host, String prefix, long lamport) {
    return new Claim(
        Conflict.ClaimKind.PREFIX,
        Worlds.id(host),
        "host" + host,
        Worlds.VNI,
        Prefix.parse(prefix),
        null,
        lamport);
  }

  @Provide
  Arbitrary<List<Claim>> claims() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(1, 2),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(13, 24),
            Arbitraries.longs().between(1, 4))
        .as(
            (host, vni, net, length, lamport) ->
                new Claim(
                    Conflict.ClaimKind.PREFIX,
                    Worlds.id(host),
                    "host" + host,
                    new Vni(vni),
                    Prefix.of(Worlds.ip("10." + net + "." + host + ".0"), length),
                    null,
                    lamport))
        .list()
        .ofMaxSize(12)
        .uniqueElements(claim -> List.of(claim.id(), claim.vni(), claim.prefix()));
  }
}
