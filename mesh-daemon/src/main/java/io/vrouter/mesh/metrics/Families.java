package io.vrouter.mesh.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The numbers of one scrape. Names follow Prometheus' conventions: snake case, base unit last. A
 * second value with the same name and labels is dropped, since names come from other hosts. For one
 * thread.
 */
public final class Families {
  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
  private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
  private final Map<String, MetricSnapshot> others = new LinkedHashMap<>();
  private final Set<String> points = new HashSet<>();

  Families() {}

  /**
   * Adds the value of a gauge.
   *
   * @param labels name, value, name, value …
   */
  public void gauge(String name, String help, double value, String... labels) {
    gauge(name, help, value, Labels.of(labels));
  }

  void gauge(String name, String help, double value, Labels all) {
    if (points.add(name + all)) {
      gauges
          .computeIfAbsent(name, key -> GaugeSnapshot.builder().name(key).help(help))
          .dataPoint(GaugeDataPointSnapshot.builder().value(value).labels(all).build());
    }
  }

  /**
   * Adds the value of a counter.
   *
   * @param name without {@code _total}, which the text has
   * @param labels name, value, name, value …
   */
  public void counter(String name, String help, double value, String... labels) {
    counter(name, help, value, Labels.of(labels));
  }

  void counter(String name, String help, double value, Labels all) {
    if (points.add(name + all)) {
      counters
          .computeIfAbsent(name, key -> CounterSnapshot.builder().name(key).help(help))
          .dataPoint(CounterDataPointSnapshot.builder().value(value).labels(all).build());
    }
  }

  /** As above; a count above 2^53 is rounded. */
  public void counter(String name, String help, long value, String... labels) {
    counter(name, help, (double) value, labels);
  }

  /** As {@link #gauge(String, String, double, String...)}, rounded above 2^53. */
  public void gauge(String name, String help, long value, String... labels) {
    gauge(name, help, (double) value, labels);
  }

  /**
   * Adds a constant 1 whose labels are the information.
   *
   * @param name without {@code _info}, which the text has
   */
  void info(String name, String help, String... labels) {
    add(
        InfoSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of(labels)).build())
            .build());
  }

  /** Adds a histogram. */
  void histogram(String name, String help, Buckets.BucketCounts of, Labels labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < of.counts().size(); i++) {
      buckets.bucket(
          i < of.bounds().size() ? of.bounds().get(i) : Double.POSITIVE_INFINITY,
          of.counts().get(i));
    }
    add(
        HistogramSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(
                HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(buckets.build())
                    .sum(of.sum())
                    .labels(labels)
                    .build())
            .build());
  }

  private void add(MetricSnapshot family) {
    others.put(family.getMetadata().getName(), family);
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauges.values().forEach(gauge -> all.metricSnapshot(gauge.build()));
    counters.values().forEach(counter -> all.metricSnapshot(counter.build()));
    others.values().forEach(all::metricSnapshot);
    return all.build();
  }
}
