package io.vrouter.bench.real;

import static io.vrouter.bench.real.RealHosts.others;
import static io.vrouter.bench.real.RealHosts.range;

import io.vrouter.bench.compose.Clock;
import io.vrouter.bench.compose.FigureTable;
import io.vrouter.bench.compose.FigureTable.Statistic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * The membership's figures with real daemons: {@code RealBench [HOSTS] [full] [cut=SECONDS]
 * [only=WORD]}.
 */
public final class RealBench {
  private static final String JOIN_SEEN = "join: its control socket accepts -> listed by all, ms";
  private static final String JOIN = "  -> all have the route to it, ms";
  private static final String WRONG = "  running hosts failed meanwhile, times anybody said so";
  private static final String SUSPECTED = "  suspected meanwhile, times anybody said so";
  private static final String LEAVE_SEEN = "leave: SIGTERM -> listed as left by all, ms";
  private static final String LEAVE = "  -> no route to it anywhere, ms";
  private static final String KILL = "kill -9 -> restarting on all, no route lost, ms";
  private static final String LINK = "cut at a link healed -> route back, each pair of hosts, ms";
  private static final String PATH = "cut between the halves healed -> route back, each pair, ms";
  private static final String CPU = "idle daemon: CPU, % of a core";
  private static final String SENT = "idle daemon: UDP payload sent, B/s";
  private static final String RSS = "idle daemon: memory (VmRSS), MB";
  private static final double NO_AIM = Double.POSITIVE_INFINITY;

  /** Ethernet, IPv4 and UDP headers of a datagram. */
  private static final long HEADERS = 42;

  private static final Duration SETTLE = seconds("SETTLE", 120);
  private static final Duration WATCH = seconds("WATCH", 60);

  private final Arguments arguments;
  private final RealHosts hosts;
  private final int count;
  private final int turns;
  private final FigureTable table = new FigureTable();

  private RealBench(Arguments arguments, RealHosts hosts) {
    this.arguments = arguments;
    this.hosts = hosts;
    this.count = arguments.hosts();
    this.turns = arguments.full() ? 25 : 10;
    table.expect(JOIN_SEEN, Statistic.P99, 300);
    table.expect(JOIN, Statistic.P99, NO_AIM);
    table.expect(WRONG, Statistic.P99, 0);
    table.expect(SUSPECTED, Statistic.P99, NO_AIM);
    table.expect(LEAVE_SEEN, Statistic.P99, 200);
    table.expect(LEAVE, Statistic.P99, NO_AIM);
    for (int size : new int[] {3, 8, count}) {
      table.expect(silent(size), Statistic.P99, 2000);
    }
    table.expect(KILL, Statistic.P99, 1000);
    table.expect(LINK, Statistic.P99, 1000);
    table.expect(PATH, Statistic.P99, 1000);
    table.expect(CPU, Statistic.MEDIAN, 0.5);
    table.expect(SENT, Statistic.MEDIAN, 1500);
    table.expect(RSS, Statistic.MEDIAN, 100);
  }

  private static String silent(int size) {
    return size == 3
        ? "silent host: link down -> no route to it anywhere, of 3, ms"
        : "  of " + size + ", ms";
  }

  private static Duration seconds(String variable, long otherwise) {
    String given = System.getenv(variable);
    return Duration.ofSeconds(given == null ? otherwise : Long.parseLong(given));
  }

  /** Prints a table; exits with 1 when an aim is missed. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(args);
    String load = Files.readString(Path.of("/proc/loadavg")).replaceFirst(" .*\n", "");
    Path logs = Files.createTempDirectory(Path.of("target"), "real-").toAbsolutePath();
    say("what the daemons print is in " + logs);
    try (RealHosts hosts = new RealHosts(arguments.hosts(), logs)) {
      RealBench bench = new RealBench(arguments, hosts);
      bench.run();
      System.out.printf(
          "%d cores, kernel %s, load %s before; %d hosts, cuts of %d s; each figure: on all hosts"
              + " that it concerns%n%n",
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("os.version"),
          load,
          arguments.hosts(),
          arguments.cut().toSeconds());
      System.exit(bench.table.printRanked(System.out) ? 0 : 1);
    }
  }

  static void say(String text) {
    System.err.println(text);
  }

  private void run() {
    if (arguments.measures("silent")) {
      say("a silent host among 3, 8 and " + count + " ...");
      start(3);
      silentAt(3);
      start(Math.min(count, 8));
      if (count > 8) {
        silentAt(8);
      }
    }
    say("starting " + count + " hosts ...");
    start(count);
    if (arguments.measures("idle")) {
      idle();
    }
    if (arguments.measures("silent")) {
      silentAt(count);
    }
    if (arguments.measures("join")) {
      say("one joins and leaves, " + turns + " times ...");
      joinAndLeave();
    }
    if (arguments.measures("kill")) {
      say("a daemon is killed, " + turns + " times ...");
      killed();
    }
    if (arguments.measures("link")) {
      say("one host is cut off for " + arguments.cut().toSeconds() + " s at its link ...");
      cutLink();
    }
    if (arguments.measures("path")) {
      say("the halves are cut off from each other for " + arguments.cut().toSeconds() + " s ...");
      cutPath();
    }
  }

  private static String stack(int number) {
    return "172.20." + number + ".0/24";
  }

  /** One after the other: thirty JVMs starting at once on a few cores would measure the machine. */
  private void start(int last) {
    for (int n = hosts.started() + 1; n <= last; n++) {
      hosts.space(n).addDevice("br-stack", "type", "bridge");
      hosts
          .space(n)
          .ip("addr add 172.20.%d.1/24 dev br-stack".formatted(n), "link set br-stack up");
      hosts.start(n, stack(n));
      hosts.accepts(n);
      if (n > 1) {
        await("the way to h" + n + " is on all", true, 0, others(n, n), List.of(n), 0);
      }
    }
    await("all have ways to each other", true, 0, range(1, last), range(1, last), 0);
  }

  /**
   * Times at which some hosts got, or lost, their routes to others since a moment; waits until that
   * is the last event of each route. A route without any event counts as {@code kept}, when that
   * isn't 0: a host alone fails others slowly.
   */
  private List<Long> await(
      String what, boolean added, long since, List<Integer> from, List<Integer> to, long kept) {
    List<Long> times = new ArrayList<>();
    Clock.await(
        what,
        () -> {
          times.clear();
          for (int observer : from) {
            for (int target : to) {
              OptionalLong at = route(observer, target, added, since, kept);
              if (observer != target && at.isEmpty()) {
                return at;
              }
              at.ifPresent(times::add);
            }
          }
          return OptionalLong.of(0);
        });
    return times;
  }

  private OptionalLong route(int observer, int target, boolean added, long since, long kept) {
    KernelWatcher kernel = hosts.kernel(observer);
    return kept != 0 && observer != target && kernel.untouched(stack(target), since)
        ? OptionalLong.of(kept)
        : kernel.last(stack(target), added, since);
  }

  /** As {@link #await}, and the state must be the same 300 ms later. */
  private List<Long> settled(
      String what, boolean added, long since, List<Integer> from, List<Integer> to, long kept) {
    await(what, added, since, from, to, kept);
    Clock.nap(Duration.ofMillis(300));
    return await(what + ", and so it stays", added, since, from, to, kept);
  }

  /** Waits until each of these hosts' daemons has had another in a status since a moment. */
  private List<Long> seen(int host, String status, long since, List<Integer> observers) {
    return observers.stream()
        .map(
            observer ->
                Clock.await(
                    "h%d has h%d %s".formatted(observer, host, status),
                    () -> hosts.became(observer, host, status, since)))
        .toList();
  }

  private void noteLast(String what, long from, List<Long> times) {
    table.add(what, Math.rint(Clock.millis(from, Collections.max(times))));
  }

  private void noteEach(String what, long from, List<Long> times) {
    times.forEach(at -> table.add(what, Math.rint(Clock.millis(from, at))));
  }

  /** Pulls the host's cable until all others have failed it, and puts it back. */
  private void silentAt(int size) {
    for (int turn = 0; turn < (arguments.full() ? 5 : 3); turn++) {
      int host = turn * 7 % size + 1;
      List<Integer> rest = others(host, size);
      List<Integer> it = List.of(host);
      long cut = hosts.pull(host);
      noteLast(silent(size), cut, settled("h" + host + " is given up", false, cut, rest, it, 0));
      await("h" + host + " gives up all others", false, cut, it, rest, 0);
      long mended = hosts.mend(host);
      await("h" + host + " is back", true, mended, rest, it, 0);
      await("h" + host + " has all back", true, mended, it, rest, 0);
    }
  }

  private void joinAndLeave() {
    int host = count;
    List<Integer> rest = others(host, count);
    List<Integer> it = List.of(host);
    for (int turn = 0; turn <= turns; turn++) {
      long left = hosts.signal(host, "TERM");
      List<Long> dropped = settled("all drop the way to it", false, left, rest, it, 0);
      List<Long> leaving = seen(host, "left", left, rest);
      hosts.awaitExit(host);
      Clock.nap(Duration.ofSeconds(1));
      long began = hosts.start(host, stack(host));
      long accepts = hosts.accepts(host);
      List<Long> routed = settled("all have the way to it", true, began, rest, it, 0);
      await("it has the way to all", true, began, it, rest, 0);
      List<Long> listed = seen(host, "alive", began, rest);
      if (turn > 0) {
        noteLast(LEAVE_SEEN, left, leaving);
        noteLast(LEAVE, left, dropped);
        noteLast(JOIN_SEEN, accepts, listed);
        noteLast(JOIN, accepts, routed);
      }
      Clock.nap(Duration.ofSeconds(1));
      List<RealHosts.ObservedTransition> meanwhile =
          range(1, count).stream().flatMap(n -> hosts.transitions(n, began).stream()).toList();
      table.add(WRONG, count(meanwhile, "failed"));
      table.add(SUSPECTED, count(meanwhile, "suspect"));
    }
  }

  private static double count(List<RealHosts.ObservedTransition> transitions, String status) {
    return transitions.stream().filter(it -> it.to().equals(status)).count();
  }

  private void killed() {
    for (int turn = 0; turn < turns; turn++) {
      int host = turn * 7 % count + 1;
      List<Integer> rest = others(host, count);
      long killed = hosts.signal(host, "KILL");
      // Asked only when due: each query takes a process.
      Clock.nap(Duration.ofSeconds(1));
      noteLast(KILL, killed, seen(host, "restarting", killed, rest));
      hosts.awaitExit(host);
      long began = hosts.start(host, stack(host));
      seen(host, "alive", began, rest);
      if (!rest.stream().allMatch(n -> hosts.kernel(n).untouched(stack(host), killed))) {
        throw new IllegalStateException(
            "a route to h%d changed though its kernel answered".formatted(host));
      }
      Clock.nap(Duration.ofSeconds(1));
    }
  }

  /** Cuts one host off at its own link. */
  private void cutLink() {
    for (int turn = 1; turn <= (arguments.full() ? 5 : 3); turn++) {
      int host = turn * 9 % count + 1;
      List<Integer> rest = others(host, count);
      List<Integer> it = List.of(host);
      long cut = hosts.pull(host);
      Clock.nap(arguments.cut());
      await("h" + host + " is failed", false, cut, rest, it, 0);
      long mended = hosts.mend(host);
      noteEach(LINK, mended, settled("the way to it is back", true, mended, rest, it, 0));
      noteEach(LINK, mended, settled("it has all ways back", true, cut, it, rest, mended));
      Clock.nap(Duration.ofSeconds(1));
    }
  }

  private void cutPath() {
    List<Integer> left = range(1, count / 2);
    List<Integer> right = range(count / 2 + 1, count);
    for (int turn = 1; turn <= (arguments.full() ? 5 : 3); turn++) {
      long cut = hosts.between("down");
      Clock.nap(arguments.cut());
      await("the right half is failed on the left", false, cut, left, right, 0);
      long mended = hosts.between("up");
      noteEach(PATH, mended, settled("the right half is back", true, cut, left, right, mended));
      noteEach(PATH, mended, settled("the left half is back", true, cut, right, left, mended));
      Clock.nap(Duration.ofSeconds(2));
    }
  }

  private void idle() {
    say(
        "settling for %d s, then watching for %d s ..."
            .formatted(SETTLE.toSeconds(), WATCH.toSeconds()));
    Clock.nap(SETTLE);
    List<Integer> all = range(1, count);
    List<Long> ticks = all.stream().map(this::ticks).toList();
    List<Long> sent = all.stream().map(this::payload).toList();
    long from = Clock.now();
    Clock.nap(WATCH);
    double seconds = Clock.millis(from, Clock.now()) / 1_000;
    for (int n : all) {
      // A tick is 10 ms, so ticks a second are percents.
      table.add(CPU, (ticks(n) - ticks.get(n - 1)) / seconds);
      table.add(SENT, Math.floor((payload(n) - sent.get(n - 1)) / seconds));
      table.add(RSS, Math.floor(hosts.resident(n)));
    }
  }

  /** User and system time of a daemon and its children (nft, iptables), in ticks of 10 ms. */
  private long ticks(int number) {
    String[] fields = hosts.proc(number, "stat").replaceFirst("^.*\\) ", "").split(" ", -1);
    long ticks = 0;
    for (int i = 11; i <= 14; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks;
  }

  /** UDP payload that a host's interface has sent. */
  private long payload(int number) {
    String[] fields =
        hosts
            .space(number)
            .ok("grep", "eth0:", "/proc/net/dev")
            .replaceFirst("^.*:\\s*", "")
            .split("\\s+", -1);
    return Long.parseLong(fields[8]) - HEADERS * Long.parseLong(fields[9]);
  }
}
