package io.vrouter.bench;

import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.sim.Simulator;
import io.vrouter.membership.wire.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Speed and error rate of the membership, from the real engine and codec in virtual time: {@code
 * MembershipBench [full] [only=WORD_OR_NODES ...] [seed=N] [minutes=N] [threads=N] [results=FILE]}.
 * Figures of virtual time don't depend on the machine. {@code only} selects runs that contain all
 * the words; {@code seed} runs that seed only, to reproduce its printed run; {@code minutes} is the
 * duration of faults. With a file of results, its runs are not repeated.
 *
 * <p>{@code MembershipBench digests} prints the digest of ten runs each with 30 and with 200 nodes
 * and nothing else: a change that is meant to change no behaviour prints what {@code
 * bench/digests.txt} has.
 */
public final class MembershipBench {
  private final Figures figures = new Figures(System.out);
  private final List<Job> jobs = new ArrayList<>();
  private final BenchOptions options;
  private final Results results;

  private MembershipBench(BenchOptions options) throws IOException {
    this.options = options;
    this.results =
        new Results(
            options.results,
            List.of(Engine.class, Codec.class, Simulator.class, MembershipBench.class));
  }

  private interface Scenario {
    Simulator run(Figures figures, long seed);
  }

  private static final int[] DIGEST_NODES = {30, 200};
  private static final int DIGEST_SEEDS = 10;
  private static final int DIGEST_ROUNDS = 3;

  private record Job(String what, int nodes, long seed, Scenario scenario) {}

  private record BenchOptions(
      boolean full,
      boolean digests,
      List<String> only,
      int seed,
      int minutes,
      int threads,
      @Nullable Path results) {
    static BenchOptions of(String[] args) {
      boolean full = false;
      boolean digests = false;
      List<String> only = new ArrayList<>();
      int seed = 0;
      int minutes = 0;
      int threads = Runtime.getRuntime().availableProcessors();
      Path results = null;
      for (String arg : args) {
        if (arg.equals("full")) {
          full = true;
        } else if (arg.equals("digests")) {
          digests = true;
        } else if (arg.startsWith("only=")) {
          only.add(arg.substring("only=".length()));
        } else if (arg.matches("seed=[1-9][0-9]{0,2}")) {
          seed = Integer.parseInt(arg.substring("seed=".length()));
        } else if (arg.matches("minutes=[1-9][0-9]?")) {
          minutes = Integer.parseInt(arg.substring("minutes=".length()));
        } else if (arg.matches("threads=[1-9][0-9]?")) {
          threads = Integer.parseInt(arg.substring("threads=".length()));
        } else if (arg.startsWith("results=") && arg.length() > "results=".length()) {
          results = Path.of(arg.substring("results=".length()));
        } else {
          System.err.println("bench membership: unknown argument '" + arg + "'");
          System.err.println(
              "allowed: ./mesh bench membership [digests] [full] [only=WORD_OR_NODES ...]"
                  + " [seed=1..999] [minutes=1..99] [threads=1..99] [results=FILE]");
          System.exit(2);
        }
      }
      return new BenchOptions(full, digests, only, seed, minutes, threads, results);
    }
  }

  /** Prints every run, then the table; exits with 1 when an aim is missed. */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    BenchOptions options = BenchOptions.of(args);
    if (options.digests) {
      digests(options.threads);
    } else {
      System.exit(new MembershipBench(options).run() ? 0 : 1);
    }
  }

  private static void digests(int threads) throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<String>> lines = new ArrayList<>();
    for (int nodes : DIGEST_NODES) {
      for (long seed = 1; seed <= DIGEST_SEEDS; seed++) {
        long with = seed;
        lines.add(
            pool.submit(
                () -> {
                  Figures none = new Figures(new PrintStream(OutputStream.nullOutputStream()));
                  Simulator sim = new Crowds(none).tour(nodes, with, DIGEST_ROUNDS);
                  return "%3d nodes, seed %2d: %016x".formatted(nodes, with, sim.digest());
                }));
      }
    }
    try {
      for (Future<String> line : lines) {
        System.out.println(line.get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private boolean run() throws InterruptedException, ExecutionException {
    boolean full = options.full;
    int large = 1000;
    String tour = "join, leave, silence, kill, idle";
    plan(tour, large, 1, (f, s) -> new Crowds(f).tour(large, s, 10));
    plan("half of it unreachable", large, 1, (f, s) -> new Crowds(f).half(large, s));
    plan("100 restart at once", large, full ? 3 : 1, (f, s) -> new Crowds(f).restart(large, s));
    for (int nodes : new int[] {3, 8, 30, 32, 100}) {
      int seeds = full ? 10 : 3;
      plan(tour, nodes, seeds, (f, s) -> new Crowds(f).tour(nodes, s, 10));
    }
    int cuts = full ? 100 : 10;
    plan("60 s cut at the own link", 32, cuts, (f, s) -> new Cuts(f).atTheLink(32, s));
    plan("60 s cut in the middle", 32, cuts, (f, s) -> new Cuts(f).inTheMiddle(32, s));
    plan("all faults at once", 100, full ? 20 : 3, (f, s) -> new Storm(f).rage(100, s));
    faults(32, full ? 20 : 6, minutes(full ? 60 : 10));
    if (full) {
      faults(large, 20, minutes(60));
      plan(tour, 5000, 1, (f, s) -> new Crowds(f).tour(5000, s, 2));
    } else {
      loss(large, 1, minutes(1));
    }
    work();
    return figures.print();
  }

  private Duration minutes(int usual) {
    return Duration.ofMinutes(options.minutes > 0 ? options.minutes : usual);
  }

  private void faults(int nodes, int seeds, Duration time) {
    loss(nodes, seeds, time);
    pauses(nodes, seeds, time, true);
    // Only for comparison, and twice the cost: with many nodes a part of the time is enough.
    pauses(nodes, seeds, nodes < 1000 ? time : time.dividedBy(10), false);
  }

  private void pauses(int nodes, int seeds, Duration time, boolean guarded) {
    String what = "5 s pauses for " + Faults.words(time) + (guarded ? "" : ", without Lifeguard");
    plan(what, nodes, seeds, (f, s) -> new Faults(f).pauses(nodes, s, time, guarded));
  }

  private void loss(int nodes, int seeds, Duration time) {
    String what = "10 % loss for " + Faults.words(time);
    plan(what, nodes, seeds, (f, s) -> new Faults(f).loss(nodes, s, time));
  }

  private void plan(String what, int nodes, int seeds, Scenario scenario) {
    boolean chosen =
        options.only.stream()
            .allMatch(word -> what.contains(word) || word.equals(String.valueOf(nodes)));
    if (chosen) {
      int first = options.seed > 0 ? options.seed : 1;
      int last = options.seed > 0 ? options.seed : seeds;
      for (long seed = first; seed <= last; seed++) {
        jobs.add(new Job(what, nodes, seed, scenario));
      }
    }
  }

  /** Runs one seed of every measurement before the next seed of any. */
  private void work() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(options.threads);
    List<Future<Figures>> runs = new ArrayList<>();
    jobs.sort(Comparator.comparingLong(Job::seed));
    for (Job job : jobs) {
      runs.add(pool.submit(() -> run(job)));
    }
    try {
      for (Future<Figures> run : runs) {
        figures.merge(run.get());
      }
    } finally {
      pool.shutdownNow(); // a broken invariant names its seed and ends the bench
    }
  }

  private Figures run(Job job) {
    Figures kept = results.find(job.what, job.nodes, job.seed);
    if (kept != null) {
      return kept;
    }
    Figures found = new Figures(System.out);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    Simulator sim = job.scenario.run(found, job.seed);
    double took = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
    figures.done(job.what, job.nodes, job.seed, sim.digest(), took);
    results.keep(job.what, job.nodes, job.seed, sim.digest(), found);
    return found;
  }
}
