package io.vrouter.bench;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.sim.SimNode;
import io.vrouter.membership.sim.Simulator;
import java.time.Duration;
import java.util.List;

/** A simulated mesh that was formed and has settled. */
final class Mesh {
  /** Bytes that sealing and the transport's headers add to each datagram. */
  private static final int OVERHEAD = 80;

  /** Bytes of a host's record: a few prefixes. */
  private static final int PAYLOAD = 120;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Above this many nodes a look at all views takes a second. */
  private static final int LARGE = 1000;

  private static final Duration COARSE = Duration.ofMillis(100);

  final Simulator sim;

  /** Seconds from the last start until all views were right; negative when they never were. */
  final double formed;

  Mesh(int nodes, long seed, SwimConfig config) {
    sim = new Simulator(seed, config);
    for (int i = 0; i < nodes; i++) {
      SimNode node = sim.add(PAYLOAD);
      sim.after(Duration.ofMillis(5L * i), () -> sim.start(node));
    }
    sim.run(Duration.ofMillis(5L * nodes));
    formed = right();
    sim.run(Duration.ofSeconds(nodes >= 1000 ? 30 : 5)); // the last rumours expire
  }

  static double seconds(long nanos) {
    return nanos < 0 ? -1 : nanos / 1e9;
  }

  /** Seconds until all views are right. */
  double right() {
    Duration every = sim.nodes().size() > LARGE ? COARSE.multipliedBy(10) : COARSE;
    return seconds(sim.runUntil(PATIENCE, every, () -> sim.disagreements().isEmpty()));
  }

  double untilAllSee(SimNode node, MemberState state) {
    return seconds(sim.runUntil(PATIENCE, () -> sim.allSee(node, state)));
  }

  SimNode join() {
    SimNode node = sim.add(PAYLOAD);
    sim.start(node);
    return node;
  }

  SimNode last() {
    List<SimNode> running = sim.running();
    return running.get(running.size() - 1);
  }

  /** Bytes sent per second and running node, overhead included, over the next seconds. */
  double traffic(int seconds) {
    long before = bytes();
    sim.run(Duration.ofSeconds(seconds));
    return (double) (bytes() - before) / seconds / sim.running().size();
  }

  private long bytes() {
    return sim.running().stream()
        .mapToLong(n -> n.counters().sentBytes() + OVERHEAD * n.counters().sent())
        .sum();
  }
}
