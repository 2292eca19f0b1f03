package io.vrouter.membership.sim;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Measures the engine in virtual time and prints a table: {@code SimBench [nodes [rounds [seed]]]}.
 */
public final class SimBench {
  /** Bytes that sealing and headers add to each datagram. */
  private static final int OVERHEAD = 80;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Simulator sim;
  private final int rounds;
  private final PrintStream out;

  private SimBench(Simulator sim, int rounds, PrintStream out) {
    this.sim = sim;
    this.rounds = rounds;
    this.out = out;
  }

  /** Prints the table for one size to standard output. */
  public static void main(String[] args) {
    int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 32;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : 1;
    run(nodes, rounds, seed, System.out);
  }

  /** Forms a mesh, then repeats each happening some times; every line says what it measured. */
  public static void run(int nodes, int rounds, long seed, PrintStream out) {
    Simulator sim = new Simulator(seed, SwimConfig.defaults());
    for (int i = 0; i < nodes; i++) {
      SimNode node = sim.add(120);
      sim.after(Duration.ofMillis(5L * i), () -> sim.start(node));
    }
    sim.run(Duration.ofMillis(5L * nodes));
    long formed =
        sim.runUntil(PATIENCE, Duration.ofMillis(250), () -> sim.disagreements().isEmpty());
    SimBench bench = new SimBench(sim, rounds, out);
    bench.print("all views right after the last start (s)", seconds(formed));
    bench.traffic("sent per node, idle (bytes/s)");
    bench.measure("join visible on all (s)", bench::join);
    bench.measure("leave visible on all (s)", bench::leave);
    bench.measure("silent host failed on all (s)", bench::crash);
    bench.measure("killed daemon restarting on all (s)", bench::kill);
    bench.loss();
    out.printf("%-44s seed %d, digest %016x%n", nodes + " nodes", seed, sim.digest());
  }

  private long join() {
    SimNode node = sim.add(120);
    sim.start(node);
    return sim.runUntil(PATIENCE, () -> sim.allSee(node, MemberState.ALIVE));
  }

  private long leave() {
    SimNode node = last();
    sim.leave(node);
    return sim.runUntil(PATIENCE, () -> sim.allSee(node, MemberState.LEFT));
  }

  private long crash() {
    SimNode node = last();
    sim.crash(node);
    return sim.runUntil(PATIENCE, () -> sim.allSee(node, MemberState.FAILED));
  }

  private long kill() {
    SimNode node = last();
    sim.kill(node);
    long took = sim.runUntil(PATIENCE, () -> sim.allSee(node, MemberState.RESTARTING));
    sim.start(node);
    return took;
  }

  private SimNode last() {
    return sim.running().get(sim.running().size() - 1);
  }

  private void measure(String what, LongSupplier round) {
    long[] took = new long[rounds];
    for (int i = 0; i < rounds && sim.running().size() > 2; i++) {
      took[i] = round.getAsLong();
      sim.run(Duration.ofSeconds(2));
    }
    Arrays.sort(took);
    print(
        what,
        took[0] < 0
            ? "not within " + PATIENCE.toSeconds() + " s"
            : "p50 %s  p99 %s  max %s"
                .formatted(
                    seconds(took[rounds / 2]),
                    seconds(took[(int) Math.ceil(rounds * 0.99) - 1]),
                    seconds(took[rounds - 1])));
  }

  private void traffic(String what) {
    sim.run(Duration.ofSeconds(5));
    long before = bytes();
    sim.run(Duration.ofSeconds(20));
    print(what, String.valueOf((bytes() - before) / 20 / sim.running().size()));
  }

  private long bytes() {
    return sim.running().stream()
        .mapToLong(n -> n.counters().sentBytes() + OVERHEAD * n.counters().sent())
        .sum();
  }

  private void loss() {
    long failures = failures();
    long suspicions = suspicions();
    sim.network().loss(0.1);
    sim.run(Duration.ofMinutes(1));
    sim.network().loss(0);
    print(
        "a minute at 10 % loss",
        "%d false failures, %d suspicions"
            .formatted(failures() - failures, suspicions() - suspicions));
  }

  private long failures() {
    return sim.running().stream().mapToLong(n -> n.counters().failures()).sum();
  }

  private long suspicions() {
    return sim.running().stream().mapToLong(n -> n.counters().suspicions()).sum();
  }

  private static String seconds(long nanos) {
    return nanos < 0 ? "never" : String.format(Locale.ROOT, "%.3f", nanos / 1e9);
  }

  private void print(String what, String value) {
    out.printf("%-44s %s%n", what, value);
  }
}
