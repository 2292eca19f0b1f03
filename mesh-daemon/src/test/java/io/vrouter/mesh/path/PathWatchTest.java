package io.vrouter.mesh.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch over paths that carry packets up to a size: virtual time, no socket. */
class PathWatchTest {
  private static final NodeId PEER = NodeId.parse("00000000000000000000000000000001");
  private static final int TUNNEL = 1450;

  private final PathWatch watch = new PathWatch(new Random(7));
  private final InetAddress overlay = address("10.1.1.2");
  private final List<Integer> sizes = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1_000_000_000L;
  private int carries = TUNNEL;

  /** Probes with up to this many octets are answered after 1 ms. */
  private void elapse(Duration time) {
    long end = now + time.toNanos();
    while (true) {
      now = watch.next(end);
      for (PathWatch.ProbeDatagram probe : watch.due(now)) {
        sizes.add(probe.size());
        if (probe.size() <= carries) {
          watch.answered(probe.overlay(), probe.cookie(), now + 1_000_000);
        }
      }
      if (now - end >= 0) {
        return;
      }
    }
  }

  private void watched(int mtu) {
    watch.targets(List.of(new PathTarget(PEER, overlay, mtu)), now);
  }

  private PathState state() {
    return Objects.requireNonNull(watch.states().get(PEER));
  }

  @Test
  void aPathThatCarriesTheTunnelsMtuIsOkAfterTheFirstProbe() {
    watched(TUNNEL);
    elapse(Duration.ofSeconds(1));
    assertThat(state().kind()).isEqualTo(PathState.Kind.OK);
    assertThat(state().mtu()).isEqualTo(TUNNEL);
    assertThat(state().roundTrip()).isEqualTo(Duration.ofMillis(1));
    assertThat(sizes).containsExactly(TUNNEL);
  }

  @ParameterizedTest
  @ValueSource(ints = {1350, 1230, 576, 100, 1449})
  void aPathThatBecomesSmallerIsMeasured(int path) {
    watched(TUNNEL);
    elapse(Duration.ofSeconds(20));
    carries = path;
    elapse(Duration.ofSeconds(20));
    assertThat(state().kind()).isEqualTo(PathState.Kind.DEGRADED);
    assertThat(state().mtu()).isBetween(path - 8, path);
  }

  @Test
  void aSmallerPathIsVerifiedBetweenTheTriesOfTheWholeSize() {
    carries = 1350;
    watched(TUNNEL);
    elapse(Duration.ofSeconds(30));
    sizes.clear();
    elapse(Duration.ofMinutes(2));
    assertThat(state().kind()).isEqualTo(PathState.Kind.DEGRADED);
    assertThat(sizes.stream().filter(size -> size == TUNNEL).count()).isBetween(3L, 7L);
    assertThat(sizes.stream().filter(size -> size == state().mtu()).count()).isGreaterThan(20);
    carries = 0;
    elapse(Duration.ofSeconds(12));
    assertThat(state().kind()).isEqualTo(PathState.Kind.UNREACHABLE);
  }

  @Test
  void aPeersProbesShowTheDirectionOfAFault() {
    watched(TUNNEL);
    elapse(Duration.ofSeconds(30));
    Duration justNow = Duration.ofMillis(100);
    watch.arrivals(Map.of(overlay, justNow), now);
    assertThat(state().arrival()).as("an ok path").isEqualTo(PathState.Arrival.UNKNOWN);
    carries = 0;
    elapse(Duration.ofSeconds(10));
    assertThat(watch.missing()).isTrue();
    watch.arrivals(Map.of(overlay, Duration.ofSeconds(11)), now);
    assertThat(state().arrival()).as("before the fault").isEqualTo(PathState.Arrival.UNKNOWN);
    watch.arrivals(Map.of(overlay, justNow), now);
    assertThat(state().arrival()).isEqualTo(PathState.Arrival.ARRIVES);
    elapse(Duration.ofSeconds(20));
    watch.arrivals(Map.of(overlay, Duration.ofSeconds(20)), now);
    assertThat(state().arrival()).as("silent since").isEqualTo(PathState.Arrival.MISSING);
    watch.arrivals(Map.of(), now);
    assertThat(state().arrival()).isEqualTo(PathState.Arrival.MISSING);
    carries = TUNNEL;
    elapse(Duration.ofSeconds(10));
    assertThat(state().arrival()).isEqualTo(PathState.Arrival.UNKNOWN);
    assertThat(watch.missing()).isFalse();
  }

  @Test
  void aWiderPathIsTakenUpAgain() {
    carries = 1350;
    watched(TUNNEL);
    elapse(Duration.ofSeconds(30));
    carries = TUNNEL;
    elapse(Duration.ofSeconds(30));
    assertThat(state().kind()).isEqualTo(PathState.Kind.OK);
    assertThat(state().mtu()).isEqualTo(TUNNEL);
  }

  @Test
  void silenceAtAllSizesIsUnreachableWithinTenSeconds() {
    watched(TUNNEL);
    elapse(Duration.ofSeconds(30));
    carries = 0;
    elapse(Duration.ofSeconds(10));
    assertThat(state().kind()).isEqualTo(PathState.Kind.UNREACHABLE);
    carries = TUNNEL;
    elapse(Duration.ofSeconds(6));
    assertThat(state().kind()).isEqualTo(PathState.Kind.OK);
  }

  @Test
  void aNewcomerHasTenSecondsToMakeItsTunnel() {
    carries = 0;
    watched(TUNNEL);
    elapse(Duration.ofSeconds(9));
    assertThat(state().kind()).isEqualTo(PathState.Kind.UNKNOWN);
    elapse(Duration.ofSeconds(8));
    assertThat(state().kind()).isEqualTo(PathState.Kind.UNREACHABLE);
  }

  @Test
  void anotherMtuIsVerifiedAtOnce() {
    watched(TUNNEL);
    elapse(Duration.ofSeconds(2));
    sizes.clear();
    watched(1350);
    elapse(Duration.ofMillis(1));
    assertThat(sizes).containsExactly(1350);
    assertThat(state().mtu()).isEqualTo(1350);
  }

  @Test
  void answersOfOthersAndLateOnesCountForNothing() {
    watched(TUNNEL);
    now = watch.next(now + Duration.ofSeconds(2).toNanos());
    PathWatch.ProbeDatagram probe = watch.due(now).get(0);
    watch.answered(address("10.1.1.9"), probe.cookie(), now);
    watch.answered(overlay, probe.cookie() + 1, now);
    assertThat(state().kind()).isEqualTo(PathState.Kind.UNKNOWN);
    watch.targets(List.of(), now);
    watch.answered(overlay, probe.cookie(), now);
    assertThat(watch.states()).isEmpty();
  }

  @Test
  void theBudgetHoldsForManyPeersAndForSilentOnes() {
    List<PathTarget> targets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      targets.add(
          new PathTarget(NodeId.parse("%032x".formatted(i + 1)), address("10.1.2." + i), TUNNEL));
    }
    watch.targets(targets, now);
    elapse(Duration.ofSeconds(60));
    sizes.clear();
    elapse(Duration.ofMinutes(10));
    assertThat(sizes).hasSizeLessThan(600 * 200 / 24 + 200);
    carries = 0;
    elapse(Duration.ofMinutes(2));
    sizes.clear();
    elapse(Duration.ofMinutes(10));
    assertThat(sizes).hasSizeLessThan(600 * 200 / 23 + 200);
  }

  @Test
  void aProbeThatIsNotSentIsNoEvidence() {
    watched(TUNNEL);
    for (int i = 0; i < 50; i++) {
      now = watch.next(now + Duration.ofMinutes(1).toNanos());
      watch.due(now).forEach(probe -> watch.notSent(probe.cookie(), now));
    }
    assertThat(state().kind()).isEqualTo(PathState.Kind.UNKNOWN);
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
