package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StandingClaimsTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final Holding CLAIM =
      new Holding(
          Conflict.ClaimKind.PREFIX,
          new NodeId(1, 2),
          new Vni(1000),
          Prefix.parse("172.31.0.0/16"));

  private final StandingClaims standing = new StandingClaims(List.of(), 0);

  @Test
  void aClaimStandsOnceItsPathHasWorkedForAWhile() {
    standing.update(Set.of(), Set.of(CLAIM), 0);
    assertThat(standing.now(9 * SECOND)).isEmpty();
    standing.update(Set.of(CLAIM), Set.of(CLAIM), 9 * SECOND);
    assertThat(standing.now(11 * SECOND)).isEmpty();
    assertThat(standing.now(12 * SECOND)).containsExactly(CLAIM);
  }

  @Test
  void aClaimWhoseRouteIsWrittenAnewGoesOnStandingAndOneThatLostDoesNot() {
    standing.update(Set.of(CLAIM), Set.of(CLAIM), 0);
    standing.update(Set.of(), Set.of(CLAIM), 4 * SECOND);
    assertThat(standing.now(4 * SECOND)).containsExactly(CLAIM);
    standing.update(Set.of(), Set.of(), 5 * SECOND);
    assertThat(standing.now(5 * SECOND)).isEmpty();
  }
}
