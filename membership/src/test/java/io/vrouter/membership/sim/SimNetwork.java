package io.vrouter.membership.sim;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What lies between the hosts. Everything may be changed while the world runs. */
public final class SimNetwork {
  private record Path(int from, int to) {}

  private final RandomGenerator random;
  private final Set<Path> cuts = new HashSet<>();
  private final Set<Integer> islanders = new HashSet<>();
  private double loss;
  private double duplication;
  private long delay = Duration.ofMillis(1).toNanos() / 5;
  private long jitter = Duration.ofMillis(1).toNanos() / 5;

  SimNetwork(RandomGenerator random) {
    this.random = random;
  }

  /** The share of datagrams that get lost, 0 to 1. */
  public void loss(double share) {
    loss = share;
  }

  /** The share of datagrams that arrive twice, 0 to 1. */
  public void duplication(double share) {
    duplication = share;
  }

  /** Each datagram takes {@code delay} and up to {@code jitter} more, so they overtake. */
  public void delay(Duration newDelay, Duration newJitter) {
    delay = newDelay.toNanos();
    jitter = newJitter.toNanos();
  }

  /** Nothing gets from one host to the other any more; the way back stays. */
  public void cutOneWay(int from, int to) {
    cuts.add(new Path(from, to));
  }

  /** Nothing passes between these hosts and all others. */
  public void isolate(Set<Integer> hosts) {
    islanders.addAll(hosts);
  }

  /** All cuts are gone. */
  public void heal() {
    cuts.clear();
    islanders.clear();
  }

  boolean connected(int from, int to) {
    return (islanders.isEmpty() || islanders.contains(from) == islanders.contains(to))
        && (cuts.isEmpty() || !cuts.contains(new Path(from, to)));
  }

  boolean loses() {
    return loss > 0 && random.nextDouble() < loss;
  }

  boolean duplicates() {
    return duplication > 0 && random.nextDouble() < duplication;
  }

  long latency() {
    return delay + (jitter > 0 ? random.nextLong(jitter) : 0);
  }
}
