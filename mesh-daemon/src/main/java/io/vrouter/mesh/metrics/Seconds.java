package io.vrouter.mesh.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;

/** A histogram of durations. Thread-safe. */
public final class Seconds {
  private static final double NANOS = 1e9;

  private final Histogram histogram;

  /**
   * An empty histogram.
   *
   * @param name without the unit
   * @param bounds upper bounds of the buckets in seconds, ascending
   */
  public Seconds(String name, String help, double... bounds) {
    histogram =
        Histogram.builder()
            .name(name)
            .help(help)
            .unit(Unit.SECONDS)
            .classicOnly()
            .classicUpperBounds(bounds)
            .build();
  }

  /** Adds a duration. */
  public void observe(long nanos) {
    histogram.observe(nanos / NANOS);
  }

  /** The present counts. */
  public MetricSnapshot snapshot() {
    return histogram.collect();
  }
}
