package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.path.PathState;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.PoolView;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PathReportsTest {
  private static final NodeId SELF = NodeId.parse("0f".repeat(16));
  private static final NodeId PEER = NodeId.parse("1f".repeat(16));

  private MemberState state = MemberState.ALIVE;
  private final Clock clock = Clock.systemUTC();
  private final PathReports reports =
      new PathReports(this::snapshot, new WallClock(clock, System::nanoTime), new EventLog(clock));

  private MeshSnapshot snapshot() {
    MemberRecord record =
        new MemberRecord(
            PEER,
            Bytes.EMPTY,
            1,
            1,
            1,
            new InetSocketAddress("192.0.2.2", 7950),
            MemberRecord.Intent.STAY,
            Bytes.EMPTY,
            Bytes.EMPTY);
    return new MeshSnapshot(
        SELF,
        "h1",
        List.of(new MeshSnapshot.MemberView(new Member(PEER, state, record, 0), null)),
        List.of(),
        List.of(),
        List.of(),
        new PoolView(Prefix.parse("10.128.0.0/10"), false, false, PoolState.NONE, List.of()),
        true,
        "",
        new MeshSnapshot.PassCounters(0, 0, 0, 0));
  }

  private void found(PathState.Kind kind, int mtu) {
    reports.found(Map.of(PEER, new PathState(kind, mtu, Duration.ofNanos(250_000), 0)));
  }

  private Members.Path.PathHealth path() {
    return Objects.requireNonNull(reports.path(PEER)).state();
  }

  @Test
  void theObserverHasNoPathToItself() {
    assertThat(reports.path(SELF)).isNull();
  }

  @Test
  void aFailedMembersFormerResultIsNotShown() {
    assertThat(path()).isEqualTo(Members.Path.PathHealth.UNKNOWN);
    found(PathState.Kind.OK, 1450);
    assertThat(path()).isEqualTo(Members.Path.PathHealth.OK);
    state = MemberState.FAILED;
    assertThat(path()).isEqualTo(Members.Path.PathHealth.UNKNOWN);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void aPathThatAnswersNothingIsAnErrorAndASmallerOneAWarning() {
    found(PathState.Kind.UNREACHABLE, 0);
    assertThat(reports.problems()).extracting(Problem::code).containsExactly("path-unreachable");
    assertThat(reports.problems()).allMatch(Problem::unhealthy);
    found(PathState.Kind.DEGRADED, 1350);
    assertThat(reports.problems()).extracting(Problem::code).containsExactly("path-mtu");
    assertThat(reports.problems()).noneMatch(Problem::unhealthy);
    assertThat(reports.smallerMtus()).containsExactly(Map.entry(PEER, 1350));
  }
}
