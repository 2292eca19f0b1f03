package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.Worlds;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WithdrawnPrefixesTest {
  private static final Prefix PREFIX = Prefix.parse("10.20.0.0/16");

  private long now = Long.MAX_VALUE - Duration.ofHours(30).toNanos();
  private WithdrawnPrefixes prefixes = new WithdrawnPrefixes(List.of(), now);

  @Test
  void aWithdrawnPrefixIsHeldBackForADay() {
    hold(Duration.ofMinutes(1), holding(2, "10.20.0.0/16"));
    assertThat(prefixes.withdrawn()).isEmpty();
    update();
    assertThat(prefixes.withdrawn()).containsExactly(PREFIX);
    elapse(Duration.ofHours(23));
    update();
    assertThat(prefixes.list(now))
        .singleElement()
        .isEqualTo(new KnownPrefix(PREFIX, Worlds.id(2), Worlds.VNI, 23 * 3600));
    elapse(Duration.ofHours(1));
    update();
    assertThat(prefixes.withdrawn()).isEmpty();
    assertThat(prefixes.saved(now)).isEmpty();
  }

  @Test
  void whatWasInForceForAMomentOrIsPublicIsHeldBackForAMoment() {
    hold(Duration.ofSeconds(29), holding(2, "10.20.0.0/16"));
    hold(Duration.ofMinutes(1), holding(2, "203.0.113.0/24"));
    update();
    assertThat(prefixes.withdrawn()).containsExactly(Prefix.parse("203.0.113.0/24"));
    assertThat(prefixes.list(now)).isEmpty();
    assertThat(prefixes.saved(now)).isEmpty();
    elapse(WithdrawnPrefixes.MOMENT);
    assertThat(prefixes.deadline()).contains(now);
    update();
    assertThat(prefixes.withdrawn()).isEmpty();
    assertThat(prefixes.deadline()).isEmpty();
  }

  @Test
  void aDayIsCountedOverRestarts() {
    hold(Duration.ofMinutes(1), holding(2, "10.20.0.0/16"));
    for (int i = 0; i < 25; i++) {
      update();
      elapse(Duration.ofHours(1));
      prefixes = new WithdrawnPrefixes(prefixes.saved(now), now);
    }
    update();
    assertThat(prefixes.withdrawn()).isEmpty();
  }

  @Test
  void whatHeldInTheLastRunIsHeldBackUntilItHoldsAgain() {
    hold(Duration.ofMinutes(1), holding(2, "10.20.0.0/16"));
    prefixes = new WithdrawnPrefixes(prefixes.saved(now), now);
    assertThat(prefixes.withdrawn()).as("fails closed before it is heard").contains(PREFIX);
    update(holding(2, "10.20.0.0/16"));
    assertThat(prefixes.withdrawn()).isEmpty();
    update();
    assertThat(prefixes.withdrawn()).contains(PREFIX);
  }

  @Test
  void itIsLetGoWhenAskedTo() {
    hold(Duration.ofMinutes(1), holding(2, "10.20.0.0/16"));
    assertThat(prefixes.forget(PREFIX)).as("it holds").isFalse();
    update();
    assertThat(prefixes.forget(PREFIX)).isTrue();
    assertThat(prefixes.withdrawn()).isEmpty();
    assertThat(prefixes.forget(PREFIX)).isFalse();
  }

  @Test
  void thereIsRoomForAMeshAndNoOriginTakesItAll() {
    Set<Holding> all = new HashSet<>();
    for (int host = 2; host < 42; host++) {
      all.addAll(many(host, 10 + host, 200));
    }
    update(all.toArray(Holding[]::new));
    elapse(Duration.ofMinutes(1));
    update(many(2, 12, 200).toArray(Holding[]::new));
    assertThat(prefixes.withdrawn()).hasSize(WithdrawnPrefixes.MAX);
    elapse(Duration.ofMinutes(1));
    update();
    assertThat(prefixes.withdrawn())
        .as("the most recent stay")
        .hasSize(WithdrawnPrefixes.MAX)
        .filteredOn(it -> Prefix.parse("10.12.0.0/16").contains(it))
        .hasSize(WithdrawnPrefixes.MAX_OF_ORIGIN);
  }

  /** Nothing is held back for longer than the lease, and nothing that holds is held back. */
  @Property(tries = 200)
  void everythingEnds(@ForAll long seed) {
    Random random = new Random(seed);
    WithdrawnPrefixes all = new WithdrawnPrefixes(List.of(), 0);
    long at = 0;
    for (int i = 0; i < 60; i++) {
      at += Duration.ofMinutes(random.nextInt(120)).toNanos();
      Set<Holding> held = new HashSet<>();
      for (int net = 0; net < 5; net++) {
        if (random.nextBoolean()) {
          held.add(holding(2 + random.nextInt(2), "10." + net + ".0.0/16"));
        }
      }
      all.update(held, at);
      assertThat(all.withdrawn())
          .noneMatch(it -> held.stream().anyMatch(holding -> holding.prefix().equals(it)));
      assertThat(all.list(at))
          .allMatch(it -> it.withdrawnSeconds() < WithdrawnPrefixes.LEASE.toSeconds());
      if (random.nextInt(5) == 0) {
        all = new WithdrawnPrefixes(all.saved(at), at);
      }
    }
    all.update(Set.of(), at);
    at += WithdrawnPrefixes.LEASE.toNanos();
    all.update(Set.of(), at);
    assertThat(all.withdrawn()).isEmpty();
  }

  private static Set<Holding> many(int host, int net, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> holding(host, "10.%d.%d.0/24".formatted(net, i)))
        .collect(Collectors.toSet());
  }

  private void hold(Duration duration, Holding... holdings) {
    update(holdings);
    elapse(duration);
    update(holdings);
  }

  private void elapse(Duration duration) {
    now += duration.toNanos();
  }

  private void update(Holding... holdings) {
    prefixes.update(Set.of(holdings), now);
  }

  private static Holding holding(int host, String prefix) {
    return new Holding(
        Conflict.ClaimKind.PREFIX, Worlds.id(host), Worlds.VNI, Prefix.parse(prefix));
  }
}
