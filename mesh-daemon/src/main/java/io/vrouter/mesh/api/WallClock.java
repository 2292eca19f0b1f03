package io.vrouter.mesh.api;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Converts monotonic moments to wall clock time, the same moment always alike unless the wall clock
 * was set meanwhile. For display only. Thread-safe.
 */
public final class WallClock {
  /** Drift between the two clocks from which the wall clock counts as set. */
  static final Duration SET = Duration.ofSeconds(2);

  private final InstantSource wall;
  private final LongSupplier nanos;
  private Instant atWall;
  private long atNanos;

  public WallClock(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.atWall = wall.instant();
    this.atNanos = nanos.getAsLong();
  }

  /** The wall clock's reading, to compare with the times of files. */
  FileTime now() {
    return FileTime.from(wall.instant());
  }

  /** The wall clock's reading at a moment of the monotonic one. */
  synchronized Instant at(long moment) {
    Instant now = wall.instant();
    long nowNanos = nanos.getAsLong();
    Duration apart = Duration.between(atWall.plusNanos(nowNanos - atNanos), now).abs();
    if (apart.compareTo(SET) > 0) {
      atWall = now;
      atNanos = nowNanos;
    }
    return atWall.plusNanos(moment - atNanos);
  }
}
