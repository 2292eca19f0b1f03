package io.vrouter.bench.real;

import static io.vrouter.bench.real.RealHosts.others;
import static io.vrouter.bench.real.RealHosts.range;

import io.vrouter.bench.compose.Clock;
import io.vrouter.bench.compose.FigureTable;
import io.vrouter.bench.compose.FigureTable.Statistic;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Stack;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Four real daemons whose containers ping each other, and a stranger on their LAN without the token
 * that floods one of them with datagrams of the right form and key id; then a member that reads as
 * much as it may: {@code HostileBench [SECONDS]}.
 */
public final class HostileBench {
  private static final int HONEST = 4;
  private static final int PORT = 7950;
  private static final double RATE = 110_000;
  private static final Pattern SENT = Pattern.compile("sent (\\d+) in (\\d+) ms");

  private static final String ACHIEVED = "flood: datagrams a second that were sent";
  private static final String SUSPECTED = "  hosts suspected, times anybody said so";
  private static final String FAILED = "  hosts failed or restarting, times anybody said so";
  private static final String LOST = "  pings lost between containers, of all pairs";
  private static final String GROWN = "  memory of a daemon (VmRSS), growth in MB";
  private static final String LOGGED = "  log lines a minute of a daemon";
  private static final String UNHEALTHY = "  hosts whose status is not healthy afterwards";
  private static final String READERS = "local reader: statuses a second in 4 loops";
  private static final String READERS_SUSPECTED = "  hosts suspected meanwhile";

  private final RealHosts hosts;
  private final Path logs;
  private final Duration length;
  private final FigureTable table = new FigureTable();
  private final List<Stack> stacks = new ArrayList<>();
  private final List<Ping> pings = new ArrayList<>();

  private HostileBench(RealHosts hosts, Path logs, Duration length) {
    this.hosts = hosts;
    this.logs = logs;
    this.length = length;
    table.expect(ACHIEVED, Statistic.MEDIAN, Double.POSITIVE_INFINITY);
    table.expect(SUSPECTED, Statistic.WORST, 0);
    table.expect(FAILED, Statistic.WORST, 0);
    table.expect(LOST, Statistic.WORST, 0);
    table.expect(GROWN, Statistic.WORST, 20);
    table.expect(LOGGED, Statistic.WORST, 10);
    table.expect(UNHEALTHY, Statistic.WORST, 0);
    table.expect(READERS, Statistic.MEDIAN, Double.POSITIVE_INFINITY);
    table.expect(READERS_SUSPECTED, Statistic.WORST, 0);
  }

  /** Prints a table; exits with 1 when an aim is missed. */
  public static void main(String[] args) throws IOException {
    if (args.length > 1 || (args.length == 1 && !args[0].matches("[1-9][0-9]{1,3}"))) {
      System.err.println("bench hostile: bad number of seconds '" + String.join(" ", args) + "'");
      System.err.println("allowed: ./mesh bench hostile [10..9999]");
      System.exit(2);
    }
    Duration length = Duration.ofSeconds(args.length == 0 ? 60 : Long.parseLong(args[0]));
    Path logs = Files.createTempDirectory(Path.of("target"), "hostile-").toAbsolutePath();
    RealBench.say("what the daemons print is in " + logs);
    boolean met;
    try (RealHosts hosts = new RealHosts(HONEST + 1, logs)) {
      HostileBench bench = new HostileBench(hosts, logs, length);
      try {
        bench.run();
      } finally {
        bench.close();
      }
      System.out.printf(
          "%d cores, kernel %s; %d hosts, %d s each%n%n",
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("os.version"),
          HONEST,
          length.toSeconds());
      met = bench.table.print(System.out);
    }
    System.exit(met ? 0 : 1);
  }

  private void close() {
    pings.forEach(Ping::close);
    stacks.forEach(Stack::close);
  }

  private static String subnet(int number) {
    return "172.2%d.0.0/16".formatted(number);
  }

  private void run() {
    for (int n : range(1, HONEST)) {
      stacks.add(Stack.create(hosts.space(n), 1, subnet(n)));
      hosts.start(n, subnet(n));
      hosts.accepts(n);
    }
    for (int n : range(1, HONEST)) {
      for (int other : others(n, HONEST)) {
        Clock.await(
            "h%d has the way to h%d".formatted(n, other),
            () -> hosts.kernel(n).last(subnet(other), true, 0));
      }
    }
    Clock.nap(Duration.ofSeconds(20));
    flood();
    Clock.nap(Duration.ofSeconds(5));
    readers();
  }

  private void flood() {
    RealBench.say("a stranger floods h1 ...");
    List<Double> before = range(1, HONEST).stream().map(hosts::resident).toList();
    List<Long> lines = range(1, HONEST).stream().map(this::lines).toList();
    startPings("flood");
    long began = Clock.now();
    String said;
    try (Child flood =
        hosts
            .space(HONEST + 1)
            .start(
                logs.resolve("flood.log"),
                Map.of(),
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    absolute(System.getProperty("java.class.path")),
                    FloodProcess.class.getName(),
                    "eth0",
                    RealHosts.underlay(1),
                    "" + PORT,
                    "" + length.toSeconds(),
                    "" + RATE,
                    "2"))) {
      flood.awaitExit();
      said = flood.said();
    }
    Matcher sent = SENT.matcher(said);
    if (!sent.find()) {
      throw new IllegalStateException("the flood said: " + said);
    }
    table.add(
        ACHIEVED,
        Math.rint(Long.parseLong(sent.group(1)) * 1000.0 / Long.parseLong(sent.group(2))));
    table.add(LOST, lost());
    table.add(SUSPECTED, transitions(began, "suspect"));
    table.add(FAILED, transitions(began, "failed") + transitions(began, "restarting"));
    double minutes = Clock.millis(began, Clock.now()) / 60_000;
    for (int n : range(1, HONEST)) {
      table.add(GROWN, Math.floor(hosts.resident(n) - before.get(n - 1)));
      table.add(LOGGED, Math.rint((lines(n) - lines.get(n - 1)) / Math.max(1, minutes)));
    }
    long unhealthy =
        range(1, HONEST).stream()
            .filter(n -> !hosts.ctl(n, "status").path("healthy").asBoolean())
            .count();
    table.add(UNHEALTHY, (double) unhealthy);
  }

  private void readers() {
    RealBench.say("a local user asks h1 all the time ...");
    long began = Clock.now();
    String loop = "n=0; while :; do meshctl status >/dev/null; n=$((n+1)); echo $n; done";
    Path bin = io.vrouter.netlink.lab.Sources.ROOT.resolve("mesh-daemon/target/dist/bin");
    List<Child> loops = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      loops.add(
          hosts
              .space(1)
              .start(
                  logs.resolve("reader-" + i + ".log"),
                  Map.of("PATH", bin + ":/usr/sbin:/usr/bin:/sbin:/bin"),
                  List.of("sh", "-c", loop)));
    }
    Clock.nap(length);
    long asked = 0;
    for (Child child : loops) {
      asked += child.said().lines().count();
      child.close();
    }
    table.add(READERS, Math.rint(asked / (double) length.toSeconds()));
    table.add(READERS_SUSPECTED, transitions(began, "suspect"));
  }

  private static String absolute(String classPath) {
    StringBuilder all = new StringBuilder();
    for (String part : classPath.split(File.pathSeparator, -1)) {
      all.append(all.length() == 0 ? "" : File.pathSeparator)
          .append(Path.of(part).toAbsolutePath());
    }
    return all.toString();
  }

  private void startPings(String name) {
    for (int from : range(1, HONEST)) {
      for (int to : others(from, HONEST)) {
        pings.add(
            Ping.start(
                stacks.get(from - 1).container(),
                stacks.get(to - 1).address(),
                logs.resolve("ping-%s-%d-%d".formatted(name, from, to))));
      }
    }
    Clock.await(
        "all pings are answered",
        () ->
            pings.stream().allMatch(ping -> ping.answers() > 3)
                ? OptionalLong.of(Clock.now())
                : OptionalLong.empty());
  }

  private double lost() {
    long lost = 0;
    for (Ping ping : pings) {
      lost += ping.stop().lost().size();
    }
    return lost;
  }

  private double transitions(long since, String to) {
    return range(1, HONEST).stream()
        .flatMap(n -> hosts.transitions(n, since).stream())
        .filter(it -> it.to().equals(to))
        .count();
  }

  private long lines(int number) {
    try (var lines = Files.lines(logs.resolve("h" + number + ".log"))) {
      return lines.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
