package io.vrouter.mesh.metrics;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The measurements of this process in a registry of Dropwizard Metrics, each with the family,
 * labels and help that Prometheus reads. A measurement's name in the registry is the family and, in
 * braces, its labels. Thread-safe.
 */
public final class Measurements {
  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, Described> described = new ConcurrentHashMap<>();
  private final List<Runnable> refreshes = new CopyOnWriteArrayList<>();

  private record Described(String family, String help, Labels labels) {}

  /** A count that is kept elsewhere. */
  private record ReadCount(LongSupplier value) implements Metric, Counting {
    @Override
    public long getCount() {
      return value.getAsLong();
    }
  }

  /** A time that is kept elsewhere. */
  private record ReadSeconds(DoubleSupplier value) implements Gauge<Double> {
    @Override
    public Double getValue() {
      return value.getAsDouble();
    }
  }

  /** Runs before each reading, on its thread. */
  public void refresh(Runnable refresh) {
    refreshes.add(refresh);
  }

  /**
   * Durations, as a histogram.
   *
   * @param family without {@code _seconds}, which the text has
   * @param bounds upper bounds of the buckets in seconds, ascending
   */
  public Timer timer(String family, String help, double... bounds) {
    return registry.timer(
        name(family + "_seconds", help), () -> new HistogramTimer(new Buckets(bounds)));
  }

  /**
   * Events, as a counter.
   *
   * @param family without {@code _total}, which the text has
   * @param labels name, value, name, value …
   */
  public Meter meter(String family, String help, String... labels) {
    return registry.meter(name(family, help, labels));
  }

  /**
   * A count that is kept elsewhere and never falls; does nothing when it is there already.
   *
   * @param family without {@code _total}, which the text has
   * @param labels name, value, name, value …
   */
  public void count(String family, String help, LongSupplier value, String... labels) {
    add(name(family, help, labels), new ReadCount(value));
  }

  /**
   * A time in seconds that is kept elsewhere and never falls.
   *
   * @param family without {@code _total}, which the text has
   * @param labels name, value, name, value …
   */
  public void seconds(String family, String help, DoubleSupplier value, String... labels) {
    add(name(family, help, labels), new ReadSeconds(value));
  }

  /**
   * A value that rises and falls.
   *
   * @param labels name, value, name, value …
   */
  public void gauge(String family, String help, DoubleSupplier value, String... labels) {
    Gauge<Double> gauge = value::getAsDouble;
    add(name(family, help, labels), gauge);
  }

  private void add(String name, Metric metric) {
    if (!registry.getMetrics().containsKey(name)) {
      registry.register(name, metric);
    }
  }

  private String name(String family, String help, String... labels) {
    Labels all = Labels.of(labels);
    String name = family + all;
    described.putIfAbsent(name, new Described(family, help, all));
    return name;
  }

  /** Reads all. */
  void into(Families families) {
    refreshes.forEach(Runnable::run);
    registry
        .getMetrics()
        .forEach(
            (name, metric) -> {
              Described as = described.get(name);
              if (as != null) {
                into(families, as, metric);
              }
            });
  }

  private static void into(Families families, Described as, Metric metric) {
    if (metric instanceof HistogramTimer timer) {
      families.histogram(as.family(), as.help(), timer.buckets.counts(), as.labels());
    } else if (metric instanceof ReadSeconds seconds) {
      families.counter(as.family(), as.help(), seconds.getValue(), as.labels());
    } else if (metric instanceof Counting counting) {
      families.counter(as.family(), as.help(), (double) counting.getCount(), as.labels());
    } else if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Double value) {
      families.gauge(as.family(), as.help(), value, as.labels());
    } else {
      throw new IllegalStateException(
          "a " + metric.getClass() + " has no form in Prometheus' text");
    }
  }

  /** A timer whose buckets can be read. */
  private static final class HistogramTimer extends Timer {
    private final Buckets buckets;

    HistogramTimer(Buckets buckets) {
      super(buckets);
      this.buckets = buckets;
    }
  }
}
