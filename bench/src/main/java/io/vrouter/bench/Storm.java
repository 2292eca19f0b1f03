package io.vrouter.bench;

import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.sim.SimNode;
import io.vrouter.membership.sim.SimStorm;
import io.vrouter.membership.sim.Simulator;
import java.time.Duration;

/** All faults at once, then none: all views must become right. */
final class Storm {
  private final Figures figures;

  Storm(Figures figures) {
    this.figures = figures;
  }

  /** Two minutes of faults. */
  Simulator rage(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    SimStorm storm = new SimStorm(mesh.sim, seed);
    storm.rage(Duration.ofMinutes(2));
    figures.count(Line.count("all faults at once for 2 min: faults", nodes), storm.faults());
    figures.add(
        Line.worst("all faults at once, then none: all views right", nodes, "s", 30), mesh.right());
    for (SimNode node : mesh.sim.running()) {
      figures.count(
          Line.sum("  engines that hold a wrong winner", nodes, "", 0), storm.wrong(node));
    }
    return mesh.sim;
  }
}
