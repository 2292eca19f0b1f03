package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WallClockTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private final AtomicReference<Instant> wall = new AtomicReference<>(NOON);
  private final AtomicLong nanos = new AtomicLong(5_000);
  private final WallClock anchor = new WallClock(wall::get, nanos::get);

  @Test
  void aMomentIsToldAlikeHoweverTheClocksDrift() {
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    wall.set(NOON.plusMillis(10_700));

    assertThat(anchor.at(5_000)).isEqualTo(NOON);
  }

  @Test
  void aClockThatWasSetCounts() {
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    wall.set(NOON.plus(Duration.ofDays(1)));

    assertThat(anchor.at(nanos.get())).isEqualTo(NOON.plus(Duration.ofDays(1)));
    assertThat(anchor.at(5_000)).isEqualTo(NOON.plus(Duration.ofDays(1)).minusSeconds(10));
  }
}
