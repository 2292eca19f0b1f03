package io.vrouter.mesh.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The registry and its exposition. Thread-safe. */
public final class MeshMetrics {
  /** The content type of {@link #exposition}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final String RESIDENT = "VmRSS:";

  private final MetricRegistry registry = new MetricRegistry();
  private final DropwizardExports exports = new DropwizardExports(registry);
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Supplier<Status> status;
  private volatile @Nullable Status last;

  /** Reads the daemon's status once per scrape. */
  public MeshMetrics(Supplier<Status> status) {
    this.status = status;
    for (MemberStatus state : MemberStatus.values()) {
      gauge("mesh.members." + state.text(), now -> now.members().getOrDefault(state, 0));
    }
    gauge("mesh.encrypted.members", now -> now.encryption().peers());
    for (String kind : List.of("kernel", "wireguard-go")) {
      gauge(
          "mesh.wireguard.devices." + kind.replace('-', '.'),
          now ->
              (int)
                  now.encryption().devices().stream()
                      .filter(device -> kind.equals(device.implementation()))
                      .count());
    }
    gauge("mesh.problems", now -> now.errors().size());
    gauge("mesh.notes", now -> now.notes().size());
    gauge("mesh.healthy", now -> now.healthy() ? 1 : 0);
    gauge("mesh.converged", now -> now.converged() ? 1 : 0);
    register("process.resident.memory.bytes", MeshMetrics::residentBytes);
    register("jvm.threads", () -> ManagementFactory.getThreadMXBean().getThreadCount());
    register(
        "jvm.heap.used.bytes",
        () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
  }

  /**
   * The registry for counters, timers and gauges; names are dotted, lower case, with their unit
   * last.
   */
  public MetricRegistry registry() {
    return registry;
  }

  /** All metrics in Prometheus' text format. */
  public String exposition() {
    last = status.get();
    ByteArrayOutputStream out = new ByteArrayOutputStream(8_192);
    try {
      writer.write(out, exports.collect(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private interface StatusGauge {
    int of(Status status);
  }

  private void gauge(String name, StatusGauge reading) {
    register(
        name,
        () -> {
          Status now = last;
          return now == null ? 0 : reading.of(now);
        });
  }

  private void register(String name, Gauge<Number> gauge) {
    registry.gauge(name, () -> gauge);
  }

  /** Resident memory; 0 when the kernel doesn't report it (proc(5), in kB). */
  private static long residentBytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .map(line -> line.substring(RESIDENT.length()).replace("kB", "").strip())
          .mapToLong(text -> Long.parseLong(text) * 1_024)
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
