package io.vrouter.mesh.agent;

import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** News from an agent to its node. Thread-safe; no method but {@link #await} blocks. */
public final class FactBoard {
  private final Supplier<List<Problem>> problems;
  private DockerSnapshot docker = DockerSnapshot.unknown();
  private List<Problem> told = List.of();
  private long number = 1;
  private long rules;
  private long firewall;
  private long answered;
  private long wakes;

  /**
   * Nothing known yet.
   *
   * @param problems of the agent's process, read at each answer
   */
  public FactBoard(Supplier<List<Problem>> problems) {
    this.problems = problems;
  }

  /** The engine's networks changed. */
  public synchronized void docker(DockerSnapshot snapshot) {
    docker = snapshot;
    changed();
  }

  /** The engine's networks as known. */
  public synchronized DockerSnapshot docker() {
    return docker;
  }

  /**
   * Waits until the engine's networks are known, or the lack of an engine is.
   *
   * @return whether they are known
   */
  public synchronized boolean awaitDocker(Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    long left = patience.toMillis();
    try {
      while (docker.state() == DockerSnapshot.EngineState.UNKNOWN && left > 0) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return docker.state() != DockerSnapshot.EngineState.UNKNOWN;
  }

  /** Nftables changed. */
  public synchronized void rules() {
    rules++;
    changed();
  }

  /** Rules without events may have changed. */
  public synchronized void firewall() {
    firewall++;
    changed();
  }

  /** A look or write of the firewall that was under way has ended. */
  public synchronized void answered() {
    answered++;
    changed();
  }

  /** Answers all waiting connections, so that one of a dead node is noticed. */
  synchronized void wake() {
    wakes++;
    notifyAll();
  }

  private void changed() {
    number++;
    notifyAll();
  }

  /** The facts, as soon as they differ from those with a number, or the patience is over. */
  synchronized AgentReply.Facts await(long seen, Duration patience) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    long before = wakes;
    while (number == seen && wakes == before && left > 0 && problems.get().equals(told)) {
      // Problems have no event: they are read once a second.
      wait(Math.max(1, Math.min(1_000, TimeUnit.NANOSECONDS.toMillis(left))));
      left = until - System.nanoTime();
    }
    told = List.copyOf(problems.get());
    return new AgentReply.Facts(number, docker, rules, firewall, answered, told);
  }
}
