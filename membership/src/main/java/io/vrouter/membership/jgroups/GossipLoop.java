package io.vrouter.membership.jgroups;

import io.vrouter.membership.engine.Input;
import io.vrouter.membership.wire.Codec;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the engine. Datagrams come by bounded queues, which drop when full; what the
 * daemon itself asks for comes by another, which doesn't, and goes first. Probes and their answers
 * overtake other datagrams: a node that has a whole mesh's signatures to check must not seem dead.
 */
final class GossipLoop {
  /** Datagrams that may wait: about 40 ms of work where each carries a signature to check. */
  static final int QUEUE = 2048;

  /** Probes in a row while something else waits, so that they can't keep it waiting for ever. */
  private static final int ROW = 16;

  private static final Logger LOG = LoggerFactory.getLogger(JGroupsMembership.class);
  private static final long LONGEST_SLEEP = TimeUnit.SECONDS.toNanos(1);

  private final Queue<Input> datagrams = new ArrayBlockingQueue<>(QUEUE);
  private final Queue<Input> probes = new ArrayBlockingQueue<>(QUEUE);
  private final Queue<Input> commands = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "gossip");
  private final Work work;
  private final LongSupplier nanoTime;
  private volatile boolean stopped;
  private int row;

  /** What the thread does; all its methods are called on it. */
  interface Work {
    /** Called once, before all else. */
    void begin();

    /** Takes one input. */
    void take(Input input, long now);

    /** When {@link #time} wants to be called. */
    long deadline();

    /** Does what is due. */
    void time(long now);

    /** Told of a bug: something above threw. */
    void fault(RuntimeException e);
  }

  GossipLoop(Work work, LongSupplier nanoTime) {
    this.work = work;
    this.nanoTime = nanoTime;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Hands over something that may be lost; false when it is. */
  boolean offer(Input input) {
    boolean probe = input instanceof Input.Datagram it && Codec.isProbe(it.bytes());
    boolean taken = (probe ? probes : datagrams).offer(input);
    LockSupport.unpark(thread);
    return taken;
  }

  /** Hands over something that may not. */
  void submit(Input input) {
    commands.add(input);
    LockSupport.unpark(thread);
  }

  /** Ends the thread and waits until it has; from the thread itself, only the former. */
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    if (Thread.currentThread() != thread) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        LOG.error("the gossip thread did not end within 2 s");
      }
    }
  }

  private void run() {
    work.begin();
    while (!stopped) {
      try {
        once();
      } catch (RuntimeException e) {
        LOG.error("the gossip thread goes on after a fault of its own", e);
        work.fault(e);
      }
    }
  }

  private @Nullable Input datagram() {
    Input probe = row < ROW ? probes.poll() : null;
    if (probe != null) {
      row++;
      return probe;
    }
    row = 0;
    Input other = datagrams.poll();
    return other != null ? other : probes.poll();
  }

  private void once() {
    Input input = commands.poll();
    if (input == null) {
      input = datagram();
    }
    long now = nanoTime.getAsLong();
    if (input != null) {
      work.take(input, now);
    }
    long wait = work.deadline() - now;
    if (wait <= 0) {
      work.time(now);
    } else if (input == null) {
      LockSupport.parkNanos(this, Math.min(wait, LONGEST_SLEEP));
    }
  }
}
