package io.vrouter.bench.compose;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Microseconds since 1970, the clock of Docker's events, {@code ip -ts} and {@code ping -D}. */
public final class Clock {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Clock() {}

  public static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  public static double millis(long from, long to) {
    return (to - from) / 1_000.0;
  }

  /**
   * Waits until a time is known; the polling rate doesn't change the time.
   *
   * @throws IllegalStateException when it isn't known after a minute
   */
  public static long await(String what, Supplier<OptionalLong> time) {
    return await(what, Duration.ofMillis(10), time);
  }

  /** As {@link #await(String, Supplier)}, with this polling interval. */
  public static long await(String what, Duration pause, Supplier<OptionalLong> time) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      OptionalLong at = time.get();
      if (at.isPresent()) {
        return at.getAsLong();
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("waited " + PATIENCE.toSeconds() + " s in vain: " + what);
      }
      nap(pause);
    }
  }

  /** A time that a source may have. */
  public interface Time<T> {
    OptionalLong of(T source);
  }

  /** The last of several times, once all are known. */
  public static <T> OptionalLong last(List<T> sources, Time<T> time) {
    long last = Long.MIN_VALUE;
    for (T source : sources) {
      OptionalLong at = time.of(source);
      if (at.isEmpty()) {
        return at;
      }
      last = Math.max(last, at.getAsLong());
    }
    return OptionalLong.of(last);
  }

  /** Sleeps. */
  public static void nap(Duration span) {
    try {
      TimeUnit.MILLISECONDS.sleep(span.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
