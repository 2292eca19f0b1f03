package io.vrouter.bench;

import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.sim.SimNode;
import io.vrouter.membership.sim.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Rate of false FAILED states of running nodes: under loss, under pauses. */
final class Faults {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration BETWEEN = Duration.ofSeconds(15);

  /**
   * From this many nodes on, a turn stops a hundred or more: fewer turns do, and each costs
   * seconds.
   */
  private static final int MANY = 1000;

  private final Figures figures;

  Faults(Figures figures) {
    this.figures = figures;
  }

  /** Drops every tenth datagram. */
  Simulator loss(int nodes, long seed, Duration time) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    mesh.sim.network().loss(0.1);
    long suspicions = suspicions(mesh.sim);
    mesh.sim.run(time);
    String what = "10 % loss for " + words(time) + ": ";
    figures.count(
        Line.sum(what + "running nodes wrongly failed", nodes, "", 0), mesh.sim.falseFailures());
    figures.count(Line.count(what + "suspicions", nodes), suspicions(mesh.sim) - suspicions);
    return mesh.sim;
  }

  /** A time in the table's format. */
  static String words(Duration time) {
    return time.toMinutes() >= 60 ? time.toHours() + " h" : time.toMinutes() + " min";
  }

  private static long suspicions(Simulator sim) {
    return sim.running().stream().mapToLong(n -> n.counters().suspicions()).sum();
  }

  /**
   * Stops a tenth of the processes for 5 s, every 15 s; from {@link #MANY} nodes on every minute.
   */
  Simulator pauses(int nodes, long seed, Duration time, boolean guarded) {
    Mesh mesh =
        new Mesh(nodes, seed, guarded ? SwimConfig.defaults() : SwimConfig.withoutLifeguard());
    if (!guarded) {
      mesh.sim.dataPath(Simulator.DataPathModel.UNKNOWN);
    }
    long before = mesh.sim.falseFailures();
    Random random = new Random(seed);
    Duration between = nodes < MANY ? BETWEEN : BETWEEN.multipliedBy(4);
    for (Duration left = time; !left.isNegative() && !left.isZero(); left = left.minus(between)) {
      List<SimNode> hosts = new ArrayList<>(mesh.sim.nodes());
      Collections.shuffle(hosts, random);
      hosts.subList(0, Math.max(1, nodes / 10)).forEach(n -> mesh.sim.pause(n, PAUSE));
      mesh.sim.run(between);
    }
    String what = "5 s pauses on a tenth for " + words(time) + ": ";
    Line line =
        guarded
            ? Line.sum(what + "running nodes wrongly failed", nodes, "", 0)
            : Line.count("  " + words(time) + " without Lifeguard and data-path answers", nodes);
    figures.count(line, mesh.sim.falseFailures() - before);
    return mesh.sim;
  }
}
