package io.vrouter.mesh.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The numbers of this process and its virtual machine. */
final class ProcessMetrics {
  private static final String RESIDENT = "VmRSS:";
  private static final double MILLIS = 1e3;

  private ProcessMetrics() {}

  static void build(Families families, String version) {
    families.info(
        "mesh_build",
        "Always 1; the versions are labels.",
        "version",
        version,
        "java",
        Runtime.version().toString());
  }

  static void register(Measurements measurements) {
    measurements.gauge(
        "process_resident_memory_bytes",
        "Resident memory of meshd.",
        ProcessMetrics::residentBytes);
    measurements.seconds(
        "process_cpu_seconds",
        "Processor time of meshd, user and system.",
        () ->
            ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(0L)
                / MILLIS);
    measurements.gauge(
        "process_uptime_seconds",
        "Time since meshd started.",
        () -> ManagementFactory.getRuntimeMXBean().getUptime() / MILLIS);
    measurements.gauge(
        "jvm_threads",
        "Threads of the virtual machine.",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
    Runtime runtime = Runtime.getRuntime();
    measurements.gauge(
        "jvm_memory_used_bytes",
        "Used memory of the virtual machine.",
        () -> runtime.totalMemory() - runtime.freeMemory(),
        "area",
        "heap");
    measurements.gauge(
        "jvm_memory_max_bytes",
        "Most memory of the virtual machine.",
        runtime::maxMemory,
        "area",
        "heap");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      measurements.count(
          "jvm_gc_collections",
          "Garbage collections.",
          () -> Math.max(0, collector.getCollectionCount()),
          "gc",
          collector.getName());
      measurements.seconds(
          "jvm_gc_seconds",
          "Time of garbage collections.",
          () -> Math.max(0, collector.getCollectionTime()) / MILLIS,
          "gc",
          collector.getName());
    }
  }

  /** Resident memory; 0 when the kernel doesn't report it (proc(5), in kB). */
  private static double residentBytes() {
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
