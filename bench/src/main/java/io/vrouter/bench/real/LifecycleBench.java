package io.vrouter.bench.real;

import io.vrouter.bench.compose.Clock;
import io.vrouter.bench.compose.FigureTable;
import io.vrouter.bench.compose.FigureTable.Statistic;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Times for three real daemons to join, lose and regain each other and leave, and the idle cost of
 * one: {@code LifecycleBench [RUNS]}.
 */
public final class LifecycleBench {
  private static final String JOIN =
      "last daemon started -> all pings answered, JVM start included, ms";
  private static final String START = "  of it: started -> its control socket accepts, ms";
  private static final String INSTALL = "control socket accepts -> routes and FDB on all hosts, ms";
  private static final String LEAVE = "graceful leave -> entries gone everywhere, ms";
  private static final String SILENT = "silent host -> entries gone everywhere, ms";
  private static final String REJOIN = "cut healed -> all pings answered, ms";
  private static final String REPAIR =
      "route, flooding entry, address or MTU tampered with -> put back, ms";
  private static final String RSS = "memory of an idle daemon (VmRSS), MB";
  private static final String CTL = "meshctl members, ms";
  private static final List<String> SUBNETS =
      List.of("172.30.0.0/16", "172.31.0.0/16", "172.22.0.0/16");
  private static final List<Integer> ALL = List.of(1, 2, 3);

  private final FigureTable table;
  private final RealHosts hosts;
  private final List<Stack> stacks = new ArrayList<>();
  private final List<Flow> flows = new ArrayList<>();

  private record Flow(int from, int to, Ping ping) {
    boolean concerns(int host) {
      return from == host || to == host;
    }
  }

  private LifecycleBench(FigureTable table, RealHosts hosts, Path logs) {
    this.table = table;
    this.hosts = hosts;
    ALL.forEach(n -> stacks.add(Stack.create(hosts.space(n), 1, subnet(n))));
    for (int from : ALL) {
      for (int to : RealHosts.others(from, 3)) {
        Path log = logs.resolve("ping-" + from + "-" + to);
        Stack stack = stacks.get(from - 1);
        flows.add(
            new Flow(from, to, Ping.start(stack.container(), stacks.get(to - 1).address(), log)));
      }
    }
  }

  private static String subnet(int number) {
    return SUBNETS.get(number - 1);
  }

  /** Prints a table; exits with 1 when an aim is missed. */
  public static void main(String[] args) throws IOException {
    if (args.length > 1 || (args.length == 1 && !args[0].matches("[1-9][0-9]?"))) {
      System.err.println("bench lifecycle: bad number of runs '" + String.join(" ", args) + "'");
      System.err.println("allowed: ./mesh bench lifecycle [1..99]");
      System.exit(2);
    }
    int runs = args.length == 0 ? 5 : Integer.parseInt(args[0]);
    FigureTable table = new FigureTable();
    table.expect(JOIN, Statistic.WORST, 3000);
    table.expect(START, Statistic.WORST, Double.POSITIVE_INFINITY);
    table.expect(INSTALL, Statistic.WORST, 500);
    table.expect(LEAVE, Statistic.WORST, 300);
    table.expect(SILENT, Statistic.WORST, 2000);
    table.expect(REJOIN, Statistic.WORST, 2000);
    table.expect(REPAIR, Statistic.WORST, 100);
    table.expect(RSS, Statistic.WORST, 100);
    table.expect(CTL, Statistic.WORST, 200);
    for (int run = 1; run <= runs; run++) {
      RealBench.say("run %d of %d ...".formatted(run, runs));
      Path logs = Files.createTempDirectory(Path.of("target"), "lifecycle-").toAbsolutePath();
      try (RealHosts hosts = new RealHosts(3, logs)) {
        LifecycleBench bench = new LifecycleBench(table, hosts, logs);
        try {
          bench.run();
        } finally {
          bench.close();
        }
      }
    }
    System.out.printf(
        "%d cores, kernel %s, %d runs, three hosts%n%n",
        Runtime.getRuntime().availableProcessors(), System.getProperty("os.version"), runs);
    System.exit(table.print(System.out) ? 0 : 1);
  }

  private void close() {
    flows.forEach(flow -> flow.ping().close());
    stacks.forEach(Stack::close);
  }

  private void run() {
    long began = hosts.start(1, subnet(1));
    hosts.start(2, subnet(2));
    Clock.await("h1 and h2 reach each other", () -> answered(flow -> !flow.concerns(3), began));

    long started = hosts.start(3, subnet(3));
    long accepts = hosts.accepts(3);
    long installed = entries("every kernel has routes and FDB entries", true, started, true);
    table.add(START, millis(started, accepts));
    table.add(JOIN, millis(started, pings(started)));
    table.add(INSTALL, millis(accepts, installed));

    // Settled: the cost of an idle daemon.
    Clock.nap(Duration.ofSeconds(5));
    ALL.forEach(n -> table.add(RSS, Math.floor(hosts.resident(n))));
    for (int n : ALL) {
      long from = Clock.now();
      if (hosts.ctl(n, "members").path("members").size() != 3) {
        throw new IllegalStateException("h" + n + " does not list 3 members");
      }
      table.add(CTL, millis(from, Clock.now()));
    }

    repairs();

    long cut = hosts.pull(3);
    table.add(SILENT, millis(cut, entries("h3's entries go", false, cut, false)));
    // A heal from both sides is the slow case: the silent host has failed the others, too.
    for (int other : List.of(1, 2)) {
      Clock.await("h3 gives up h" + other, () -> hosts.kernel(3).first(subnet(other), false, cut));
    }

    long mended = hosts.mend(3);
    table.add(REJOIN, millis(mended, pings(mended)));
    entries("every kernel has it again", true, mended, true);

    long left = hosts.signal(3, "TERM");
    table.add(LEAVE, millis(left, entries("h3's entries go", false, left, false)));
  }

  /** Each one after a quiet second, as where nobody else writes to the kernel. */
  private void repairs() {
    String overlay = hosts.space(1).ok("ip", "-4", "-br", "addr", "show", "dev", "vxlan1000");
    String address = overlay.replaceAll("(?s).* ([0-9.]+)/.*", "$1");
    String flood = "00:00:00:00:00:00 dev vxlan1000 dst " + RealHosts.underlay(3);
    repair("ip route del " + subnet(3), subnet(3));
    repair("bridge fdb del " + flood, KernelWatcher.flood(RealHosts.underlay(3)));
    repair("ip addr del %s/24 dev vxlan1000".formatted(address), "address " + address);
    repair("ip link set vxlan1000 mtu 1300", "mtu 1450");
  }

  private void repair(String tampering, String entry) {
    Clock.nap(Duration.ofSeconds(1));
    long from = Clock.now();
    hosts.space(1).ok(tampering.split(" ", -1));
    long back = Clock.await(entry + " is put back", () -> hosts.kernel(1).first(entry, true, from));
    table.add(REPAIR, millis(from, back));
  }

  private static double millis(long from, long to) {
    return Math.rint(Clock.millis(from, to));
  }

  /** Time at which both directions between h3 and the others had answers again. */
  private long pings(long since) {
    return Clock.await("c3 is reached", () -> answered(flow -> flow.concerns(3), since));
  }

  private OptionalLong answered(Predicate<Flow> which, long since) {
    return Clock.last(
        flows.stream().filter(which).toList(), flow -> flow.ping().answeredAfter(since));
  }

  /**
   * Times at which the others got, or lost, route and flooding entry for h3; and h3 for the others.
   */
  private long entries(String what, boolean added, long since, boolean both) {
    List<int[]> pairs = new ArrayList<>();
    for (int other : List.of(1, 2)) {
      pairs.add(new int[] {other, 3});
      if (both) {
        pairs.add(new int[] {3, other});
      }
    }
    return Math.max(
        Clock.await(
            what,
            () -> Clock.last(pairs, it -> hosts.kernel(it[0]).first(subnet(it[1]), added, since))),
        Clock.await(
            what,
            () ->
                Clock.last(
                    pairs,
                    it ->
                        hosts
                            .kernel(it[0])
                            .first(KernelWatcher.flood(RealHosts.underlay(it[1])), added, since))));
  }
}
