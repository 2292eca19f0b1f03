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
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.ProbeArrivals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PathReportsTest {
  private static final NodeId SELF = NodeId.parse("0f".repeat(16));
  private static final NodeId PEER = NodeId.parse("1f".repeat(16));

  private MemberState state = MemberState.ALIVE;
  private ProbeArrivals told = ProbeArrivals.NONE;
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
        List.of(new MeshSnapshot.MemberView(new Member(PEER, state, record, 0), host())),
        List.of(),
        List.of(),
        List.of(),
        new PoolView(Prefix.parse("10.128.0.0/10"), false, false, PoolState.NONE, List.of()),
        Optional.empty(),
        true,
        "",
        new MeshSnapshot.PassCounters(0, 0, 0, 0));
  }

  private HostRecord host() {
    InetAddress underlay = new InetSocketAddress("192.0.2.2", 7950).getAddress();
    return new HostRecord("h2", "test", underlay, 4789, List.of(), List.of()).with(told);
  }

  private void found(PathState.Kind kind, int mtu) {
    found(kind, mtu, PathState.Arrival.UNKNOWN);
  }

  private void found(PathState.Kind kind, int mtu, PathState.Arrival arrival) {
    reports.found(Map.of(PEER, new PathState(kind, mtu, Duration.ofNanos(250_000), 0, arrival)));
  }

  private Members.Path.@Nullable Direction direction(
      PathState.Arrival arrival, ProbeArrivals peers) {
    told = peers;
    found(PathState.Kind.UNREACHABLE, 0, arrival);
    return Objects.requireNonNull(reports.path(PEER)).direction();
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

  @Test
  void theDirectionNeedsThePeersWordOnlyWhereItsProbesDontArrive() {
    ProbeArrivals ours = new ProbeArrivals(Set.of(SELF), Set.of());
    ProbeArrivals notOurs = new ProbeArrivals(Set.of(), Set.of(SELF));
    for (ProbeArrivals any : List.of(ours, notOurs, ProbeArrivals.NONE)) {
      assertThat(direction(PathState.Arrival.UNKNOWN, any)).isNull();
      assertThat(direction(PathState.Arrival.ARRIVES, any)).isEqualTo(Members.Path.Direction.TO);
    }
    assertThat(direction(PathState.Arrival.MISSING, ours)).isEqualTo(Members.Path.Direction.FROM);
    assertThat(direction(PathState.Arrival.MISSING, notOurs))
        .isEqualTo(Members.Path.Direction.BOTH);
    assertThat(direction(PathState.Arrival.MISSING, ProbeArrivals.NONE))
        .as("an older version")
        .isNull();
  }

  @Test
  void theOwnWordIsOfPeersWithoutAnAnswer() {
    found(PathState.Kind.UNREACHABLE, 0, PathState.Arrival.MISSING);
    assertThat(reports.arrivals()).isEqualTo(new ProbeArrivals(Set.of(), Set.of(PEER)));
    found(PathState.Kind.UNREACHABLE, 0, PathState.Arrival.ARRIVES);
    assertThat(reports.arrivals()).isEqualTo(new ProbeArrivals(Set.of(PEER), Set.of()));
    assertThat(reports.problems()).allMatch(it -> it.fix().contains("from this host to 192.0.2.2"));
    assertThat(reports.count(path -> path.direction() == Members.Path.Direction.TO)).isOne();
    found(PathState.Kind.OK, 1450);
    assertThat(reports.arrivals()).isEqualTo(ProbeArrivals.NONE);
  }
}
