package io.vrouter.mesh.path;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.NodeId;
import io.vrouter.netlink.socket.PathProbeSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the probes of a {@link PathWatch} and receives the answers: one thread and one socket per
 * address family in use. Thread-safe.
 */
public final class PathProber implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PathProber.class);

  /** Longest time until new targets take effect. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** Between two looks at the senders of probes. */
  static final Duration LOOKS = Duration.ofSeconds(1);

  private final int port;
  private final RandomGenerator random;
  private final ProbeSenders senders;
  private final Consumer<Map<NodeId, PathState>> found;
  private final Map<Integer, Prober> probers = new HashMap<>();
  private boolean closed;

  /**
   * Creates the prober without targets.
   *
   * @param port a port that is closed on every member, 1 to 65,535
   * @param senders asked every {@link #LOOKS} while a path has no answer
   * @param found receives all states after each change of one; on a probing thread, must return at
   *     once
   */
  public PathProber(
      int port,
      RandomGenerator random,
      ProbeSenders senders,
      Consumer<Map<NodeId, PathState>> found) {
    this.port = port;
    this.random = random;
    this.senders = senders;
    this.found = found;
  }

  /** Replaces the peers that are watched. */
  public synchronized void targets(Collection<PathTarget> targets) {
    for (int family : List.of(Family.AF_INET, Family.AF_INET6)) {
      List<PathTarget> ofFamily =
          targets.stream().filter(it -> Family.of(it.overlay()) == family).toList();
      Prober prober = probers.get(family);
      if (prober == null && !ofFamily.isEmpty() && !closed) {
        try {
          prober = new Prober(family, PathProbeSocket.open(family));
          probers.put(family, prober);
        } catch (SyscallException e) {
          LOG.warn("paths aren't probed: {}", e.getMessage());
        }
      }
      if (prober != null) {
        prober.targets(ofFamily);
      }
    }
  }

  /** The results by peer. */
  public synchronized Map<NodeId, PathState> states() {
    Map<NodeId, PathState> states = new TreeMap<>();
    probers.values().forEach(prober -> states.putAll(prober.states()));
    return states;
  }

  @Override
  public synchronized void close() {
    closed = true;
    probers.values().forEach(prober -> prober.socket.close());
  }

  private final class Prober {
    private final int family;
    private final PathProbeSocket socket;
    private final PathWatch watch = new PathWatch(random);
    private long looked = System.nanoTime();

    Prober(int family, PathProbeSocket socket) {
      this.family = family;
      this.socket = socket;
      DaemonThreads.named("path-probe").newThread(this::run).start();
    }

    synchronized void targets(List<PathTarget> targets) {
      watch.targets(targets, System.nanoTime());
    }

    synchronized Map<NodeId, PathState> states() {
      return watch.states();
    }

    private void run() {
      Map<NodeId, PathState> before = Map.of();
      try {
        while (!isClosed()) {
          List<PathProbeSocket.PathAnswer> answers = socket.await(untilNext());
          if (lookDue()) {
            senders.ages(family).ifPresent(this::look);
          }
          Map<NodeId, PathState> now = step(answers);
          if (!now.equals(before)) {
            before = now;
            found.accept(PathProber.this.states());
          }
        }
      } catch (SyscallException e) {
        LOG.error("paths aren't probed any more", e);
      }
    }

    private synchronized boolean lookDue() {
      long now = System.nanoTime();
      boolean due = watch.missing() && now - looked >= LOOKS.toNanos();
      looked = due ? now : looked;
      return due;
    }

    private synchronized void look(Map<InetAddress, Duration> ages) {
      watch.arrivals(ages, System.nanoTime());
    }

    private boolean isClosed() {
      synchronized (PathProber.this) {
        return closed;
      }
    }

    private synchronized Duration untilNext() {
      long now = System.nanoTime();
      return Duration.ofNanos(Math.max(0, watch.next(now + LONGEST_WAIT.toNanos()) - now));
    }

    private synchronized Map<NodeId, PathState> step(List<PathProbeSocket.PathAnswer> answers) {
      long now = System.nanoTime();
      answers.forEach(answer -> watch.answered(answer.peer(), answer.cookie(), now));
      for (PathWatch.ProbeDatagram probe : watch.due(now)) {
        switch (socket.send(probe.overlay(), port, probe.size(), probe.cookie())) {
          case SENT -> LOG.trace("{}", probe);
          case TOO_LARGE -> watch.tooLarge(probe.cookie(), now);
          case NOT_SENT -> watch.notSent(probe.cookie(), now);
        }
      }
      return watch.states();
    }
  }
}
