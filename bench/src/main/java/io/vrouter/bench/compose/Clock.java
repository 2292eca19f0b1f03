package io.vrouter.bench.compose;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Microseconds since 1970, the clock of Docker's events, {@code ip -ts} and {@code ping -D}. */
final class Clock {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Clock() {}

  static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  static double millis(long from, long to) {
    return (to - from) / 1_000.0;
  }

  /**
   * Waits until a time is known; how often it is asked for doesn't change it.
   *
   * @throws IllegalStateException when it isn't known after a minute
   */
  static long await(String what, Supplier<OptionalLong> time) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      OptionalLong at = time.get();
      if (at.isPresent()) {
        return at.getAsLong();
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("waited " + PATIENCE.toSeconds() + " s in vain: " + what);
      }
      rest();
    }
  }

  private static void rest() {
    try {
      TimeUnit.MILLISECONDS.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
