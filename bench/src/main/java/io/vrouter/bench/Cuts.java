package io.vrouter.bench;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.sim.SimNode;
import io.vrouter.membership.sim.Simulator;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Networks that are cut for a minute, and the time until all views are right again. */
final class Cuts {
  private static final Duration CUT = Duration.ofSeconds(60);

  private final Figures figures;

  Cuts(Figures figures) {
    this.figures = figures;
  }

  /** One host's own link goes down; the host notices its return. */
  Simulator atTheLink(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    SimNode cut = mesh.sim.nodes().get(nodes / 2);
    mesh.sim.network().isolate(Set.of(cut.index()));
    mesh.sim.run(CUT);
    mesh.sim.network().heal();
    mesh.sim.input(cut, new Input.LinkUp());
    figures.add(
        Line.worst("60 s cut at the own link heals: all views right", nodes, "s", 1), mesh.right());
    return mesh.sim;
  }

  /** Half of the hosts can't reach the others; no host is notified of the heal. */
  Simulator inTheMiddle(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    Set<Integer> half = IntStream.range(0, nodes / 2).boxed().collect(Collectors.toSet());
    mesh.sim.network().isolate(half);
    mesh.sim.run(CUT);
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
