package io.vrouter.mesh.metrics;

import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.UniformSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The reservoir of a timer that Prometheus reads: counts per bucket and the sum of all values since
 * the start, where Dropwizard's own keep a sample. Thread-safe.
 */
final class Buckets implements Reservoir {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final double[] bounds;
  private final long[] counts;
  private double sum;

  /**
   * Empty buckets.
   *
   * @param bounds upper bounds in seconds, ascending; one bucket more has the rest
   */
  Buckets(double... bounds) {
    this.bounds = bounds.clone();
    this.counts = new long[bounds.length + 1];
  }

  /** The counts of one moment. */
  record BucketCounts(List<Double> bounds, List<Long> counts, double sum) {}

  synchronized BucketCounts counts() {
    return new BucketCounts(
        Arrays.stream(bounds).boxed().toList(), Arrays.stream(counts).boxed().toList(), sum);
  }

  /** Adds a duration in nanoseconds; a value at a bound belongs to that bucket. */
  @Override
  public synchronized void update(long nanos) {
    double seconds = nanos / NANOS;
    int at = Arrays.binarySearch(bounds, seconds);
    counts[at < 0 ? -at - 1 : at]++;
    sum += seconds;
  }

  @Override
  public synchronized int size() {
    return (int) Math.min(Integer.MAX_VALUE, Arrays.stream(counts).sum());
  }

  /** Each bucket that is not empty stands for one value, its bound: quantiles are rough. */
  @Override
  public synchronized Snapshot getSnapshot() {
    long[] values = new long[counts.length];
    int used = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        values[used++] = (long) (bounds[Math.min(i, bounds.length - 1)] * NANOS);
      }
    }
    return new UniformSnapshot(Arrays.copyOf(values, used));
  }
}
