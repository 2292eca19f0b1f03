package io.vrouter.bench.real;

import io.vrouter.bench.compose.FigureTable;
import io.vrouter.bench.compose.FigureTable.Statistic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a daemon costs as it is shipped: its memory when idle among the members, and how soon it is
 * ready: {@code FootprintBench HOSTS MEGABYTES}, the second being the aim for the memory.
 */
public final class FootprintBench {
  private static final String RSS = "idle daemon among %d members: memory (VmRSS), MB";
  private static final String READY = "started -> its control socket accepts, ms";
  private static final int READY_RUNS = 10;
  private static final Duration SETTLE = Duration.ofSeconds(60);

  private FootprintBench() {}

  /** Prints a table; exits with 1 when an aim is missed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int count = Integer.parseInt(args[0]);
    String memory = RSS.formatted(count);
    FigureTable table = new FigureTable();
    table.expect(memory, Statistic.MEDIAN, Double.parseDouble(args[1]));
    table.expect(READY, Statistic.MEDIAN, 1_000);
    Path logs = Files.createTempDirectory(Path.of("target"), "footprint-").toAbsolutePath();
    try (RealHosts hosts = new RealHosts(count, logs)) {
      // Alone on the machine: later starts would compete with the members for the cores.
      for (int run = 0; run < READY_RUNS; run++) {
        long began = hosts.start(1, "172.16.1.0/24");
        table.add(READY, (hosts.accepts(1) - began) / 1_000.0);
        hosts.signal(1, "TERM");
        hosts.awaitExit(1);
      }
      for (int number = 1; number <= count; number++) {
        hosts.start(number, "172.16.%d.0/24".formatted(number));
        hosts.accepts(number);
      }
      Thread.sleep(SETTLE.toMillis());
      for (int number = 1; number <= count; number++) {
        table.add(memory, hosts.resident(number));
      }
    }
    System.exit(table.printRanked(System.out) ? 0 : 1);
  }
}
