package io.vrouter.bench;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.sim.SimNode;
import io.vrouter.membership.sim.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Events of one member or of many at once, and the traffic that they cost. */
final class Crowds {
  private static final int LARGE = 1000;

  private final Figures figures;

  Crowds(Figures figures) {
    this.figures = figures;
  }

  /** Idles, then lets one member after the other join, leave, go silent and be killed. */
  Simulator tour(int nodes, long seed, int rounds) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    boolean large = nodes >= LARGE;
    figures.add(
        Line.plain("all views right after the last of all starts, 5 ms apart", nodes, "s"),
        mesh.formed);
    figures.add(
        Line.worst("UDP payload per node, idle", nodes, "bytes/s", large ? 2000 : 1500),
        mesh.traffic(20));
    Line join = Line.worst("join visible on all", nodes, "s", large ? 1 : 0.3);
    for (int i = 0; i < rounds; i++) {
      figures.add(join, mesh.untilAllSee(mesh.join(), MemberState.ALIVE));
      mesh.sim.run(Duration.ofSeconds(2));
    }
    Line leave =
        large
            ? Line.plain("leave visible on all", nodes, "s")
            : Line.worst("leave visible on all", nodes, "s", 0.2);
    for (int i = 0; i < rounds / 2; i++) {
      SimNode leaver = mesh.last();
      mesh.sim.leave(leaver);
      figures.add(leave, mesh.untilAllSee(leaver, MemberState.LEFT));
      mesh.sim.run(Duration.ofSeconds(2));
    }
    Line killed =
        large
            ? Line.plain("killed daemon restarting on all", nodes, "s")
            : Line.worst("killed daemon restarting on all", nodes, "s", 1);
    for (int i = 0; i < rounds; i++) {
      SimNode node = mesh.last();
      mesh.sim.kill(node);
      figures.add(killed, mesh.untilAllSee(node, MemberState.RESTARTING));
      mesh.sim.start(node);
      mesh.sim.run(Duration.ofSeconds(2));
    }
    Line silent =
        nodes > 32 && !large
            ? Line.plain("silent host failed on all", nodes, "s")
            : Line.worst("silent host failed on all", nodes, "s", large ? 5 : 2);
    for (int i = 0; i < rounds / 2; i++) {
      SimNode node = mesh.last();
      mesh.sim.crash(node);
      figures.add(silent, mesh.untilAllSee(node, MemberState.FAILED));
      mesh.sim.run(Duration.ofSeconds(2));
    }
    figures.count(
        Line.sum("running nodes wrongly failed in all of that", nodes, "", 0),
        mesh.sim.falseFailures());
    return mesh.sim;
  }

  /** Makes every second host unreachable. */
  Simulator half(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    List<SimNode> hosts = mesh.sim.nodes();
    IntStream.range(0, nodes).filter(i -> i % 2 == 1).forEach(i -> mesh.sim.crash(hosts.get(i)));
    Line line =
        Line.worst("UDP payload per node, half of them unreachable", nodes, "bytes/s", 4000);
    figures.add(
        Line.plain("UDP payload per node while half of them fall silent, 20 s", nodes, "bytes/s"),
        mesh.traffic(20));
    figures.add(line, mesh.traffic(20));
    return mesh.sim;
  }

  /** Kills a tenth of the daemons and starts them again 2 s later. */
  Simulator restart(int nodes, long seed) {
    Mesh mesh = new Mesh(nodes, seed, SwimConfig.defaults());
    List<SimNode> some =
        IntStream.range(0, nodes)
            .filter(i -> i % 10 == 3)
            .mapToObj(i -> mesh.sim.nodes().get(i))
            .collect(Collectors.toList());
    some.forEach(mesh.sim::kill);
    mesh.sim.run(Duration.ofSeconds(2));
    some.forEach(mesh.sim::start);
    figures.add(
        Line.worst("restart of a tenth at once: all views right", nodes, "s", 10), mesh.right());
    mesh.sim.run(Duration.ofSeconds(10));
    figures.count(
        Line.sum("restart of a tenth at once: running nodes wrongly failed", nodes, "", 0),
        mesh.sim.falseFailures());
    return mesh.sim;
  }
}
