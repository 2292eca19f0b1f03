package io.vrouter.bench;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.sim.SimNode;
import io.vrouter.membership.sim.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How fast and how wrong the membership is, from the real engine and codec in virtual time: {@code
 * MembershipBench [full] [only=WORD]}. Figures of virtual time don't depend on the machine.
 */
public final class MembershipBench {
  private final Figures figures = new Figures(System.out);
  private final ExecutorService pool =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final List<Future<?>> jobs = new ArrayList<>();
  private final boolean full;
  private final String only;

  private MembershipBench(boolean full, String only) {
    this.full = full;
    this.only = only;
  }

  private interface Scenario {
    Simulator run(long seed);
  }

  /** Prints every run, then the table; exits with 1 when an aim is missed. */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    boolean full = false;
    String only = "";
    for (String arg : args) {
      if (arg.equals("full")) {
        full = true;
      } else if (arg.startsWith("only=")) {
        only = arg.substring("only=".length());
      } else {
        System.err.println("bench membership: unknown argument '" + arg + "'");
        System.err.println("allowed: ./mesh bench membership [full] [only=WORD]");
        System.exit(2);
      }
    }
    System.exit(new MembershipBench(full, only).run() ? 0 : 1);
  }

  private boolean run() throws InterruptedException, ExecutionException {
    int large = 1000;
    Faults faults = new Faults(figures);
    Crowds crowds = new Crowds(figures);
    submit("join, leave, silence, kill, idle", large, 1, s -> crowds.tour(large, s, 10));
    submit("half of it unreachable", large, 1, s -> crowds.half(large, s));
    submit("100 restart at once", large, full ? 3 : 1, s -> crowds.restart(large, s));
    for (int nodes : new int[] {3, 8, 30, 32, 100}) {
      int seeds = nodes == 100 ? 1 : full ? 10 : 3;
      submit("join, leave, silence, kill, idle", nodes, seeds, s -> crowds.tour(nodes, s, 10));
    }
    submit("60 s cut at the own link", 32, full ? 100 : 10, s -> cutAtLink(32, s));
    submit("60 s cut in the middle", 32, full ? 100 : 10, s -> cutInTheMiddle(32, s));
    Duration hour = full ? Duration.ofHours(1) : Duration.ofMinutes(10);
    submit("10 % loss for " + hour, 32, full ? 20 : 6, s -> faults.loss(32, s, hour));
    Duration some = full ? Duration.ofHours(1) : Duration.ofSeconds(60);
    submit("10 % loss for " + some, large, 1, s -> faults.loss(large, s, some));
    for (boolean guarded : new boolean[] {true, false}) {
      String what = guarded ? "pauses of 5 s" : "pauses of 5 s, without Lifeguard";
      submit(what, 32, 20, s -> faults.pauses(32, s, guarded));
      submit(what, large, full ? 3 : 0, s -> faults.pauses(large, s, guarded));
    }
    for (Future<?> job : jobs) {
      job.get();
    }
    pool.shutdown();
    return figures.print();
  }

  private void submit(String what, int nodes, int seeds, Scenario scenario) {
    if (!what.contains(only) && !only.equals(String.valueOf(nodes))) {
      return;
    }
    for (long seed = 1; seed <= seeds; seed++) {
      long chosen = seed;
      jobs.add(
          pool.submit(
              () -> {
                long begin = System.nanoTime();
                Simulator sim = scenario.run(chosen);
                double took = (System.nanoTime() - begin) / 1e9;
                figures.done(what, nodes, chosen, sim.digest(), took);
              }));
    }
  }

  private Simulator cutAtLink(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    SimNode cut = mesh.sim.nodes().get(nodes / 2);
    mesh.sim.network().isolate(Set.of(cut.index()));
    mesh.sim.run(Duration.ofSeconds(60));
    mesh.sim.network().heal();
    mesh.sim.input(cut, new Input.LinkUp());
    figures.add(
        Line.worst("60 s cut at the own link heals: all views right", nodes, "s", 1), mesh.right());
    return mesh.sim;
  }

  private Simulator cutInTheMiddle(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    Set<Integer> half = IntStream.range(0, nodes / 2).boxed().collect(Collectors.toSet());
    mesh.sim.network().isolate(half);
    mesh.sim.run(Duration.ofSeconds(60));
    mesh.sim.network().heal();
    figures.add(
        Line.worst("60 s cut in the middle heals: all alive everywhere", nodes, "s", 1),
        Mesh.seconds(
            mesh.sim.runUntil(
                Duration.ofSeconds(30),
                Duration.ofMillis(10),
                () ->
                    mesh.sim.nodes().stream()
                        .allMatch(n -> mesh.sim.allSee(n, MemberState.ALIVE)))));
    return mesh.sim;
  }
}
