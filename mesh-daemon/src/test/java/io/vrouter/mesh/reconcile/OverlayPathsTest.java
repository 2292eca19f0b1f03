package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.path.PathTarget;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.pool.PoolState;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which peers' paths are watched. */
class OverlayPathsTest {
  private final OverlayPaths paths = new OverlayPaths(Worlds.VNI);

  private List<PathTarget> targets(MemberState state, boolean converged) {
    MemberRecord signed =
        new MemberRecord(
            Worlds.id(2),
            Bytes.EMPTY,
            1,
            1,
            1,
            new InetSocketAddress("192.0.2.2", 7950),
            MemberRecord.Intent.STAY,
            Bytes.EMPTY,
            Bytes.EMPTY);
    paths.snapshot(
        new MeshSnapshot(
            Worlds.id(1),
            "h1",
            List.of(
                new MeshSnapshot.MemberView(
                    new Member(Worlds.id(2), state, signed, 0),
                    Worlds.record(2, "192.0.2.2", "10.1.1.2", 1))),
            List.of(),
            List.of(),
            List.of(),
            new PoolView(Prefix.parse("10.128.0.0/10"), false, false, PoolState.NONE, List.of()),
            Optional.empty(),
            converged,
            "",
            new MeshSnapshot.PassCounters(0, 0, 0, 0)));
    return paths.targets(1450);
  }

  @Test
  void aPassThatWritesEndsNoWatch() {
    assertThat(targets(MemberState.ALIVE, false)).as("not installed yet").isEmpty();
    List<PathTarget> watched = List.of(new PathTarget(Worlds.id(2), Worlds.ip("10.1.1.2"), 1450));
    assertThat(targets(MemberState.ALIVE, true)).isEqualTo(watched);
    assertThat(targets(MemberState.ALIVE, false)).as("a route changes").isEqualTo(watched);
    assertThat(targets(MemberState.FAILED, true)).isEmpty();
    assertThat(targets(MemberState.ALIVE, false)).as("joins again").isEmpty();
  }
}
