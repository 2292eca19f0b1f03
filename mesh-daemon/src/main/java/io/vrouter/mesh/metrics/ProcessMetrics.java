package io.vrouter.mesh.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The numbers of this process and its virtual machine. */
final class ProcessMetrics {
  private static final String RESIDENT = "VmRSS:";
  private static final double MILLIS = 1e3;

  private ProcessMetrics() {}

  static void add(Families families, String version) {
    families.info(
        "mesh_build",
        "Always 1; the versions are labels.",
        "version",
        version,
        "java",
        Runtime.version().toString());
    families.gauge("process_resident_memory_bytes", "Resident memory of meshd.", residentBytes());
    ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .ifPresent(
            cpu ->
                families.counter(
                    "process_cpu_seconds",
                    "Processor time of meshd, user and system.",
                    cpu.toMillis() / MILLIS));
    families.gauge(
        "process_uptime_seconds",
        "Time since meshd started.",
        ManagementFactory.getRuntimeMXBean().getUptime() / MILLIS);
    families.gauge(
        "jvm_threads",
        "Threads of the virtual machine.",
        ManagementFactory.getThreadMXBean().getThreadCount());
    Runtime runtime = Runtime.getRuntime();
    families.gauge(
        "jvm_memory_used_bytes",
        "Used memory of the virtual machine.",
        runtime.totalMemory() - runtime.freeMemory(),
        "area",
        "heap");
    families.gauge(
        "jvm_memory_max_bytes",
        "Most memory of the virtual machine.",
        runtime.maxMemory(),
        "area",
        "heap");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      families.counter(
          "jvm_gc_collections",
          "Garbage collections.",
          Math.max(0, collector.getCollectionCount()),
          "gc",
          collector.getName());
      families.counter(
          "jvm_gc_seconds",
          "Time of garbage collections.",
          Math.max(0, collector.getCollectionTime()) / MILLIS,
          "gc",
          collector.getName());
    }
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
