package io.vrouter.membership.jgroups;

import io.vrouter.membership.engine.Input;
import io.vrouter.membership.wire.Codec;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the engine used by one thread at a time. Datagrams come by bounded queues, which drop when
 * full; what the daemon itself asks for comes by another, which doesn't, and goes first. Probes and
 * their answers overtake other datagrams: a node that has a whole mesh's signatures to check must
 * not seem dead. One that finds nothing else waiting, which is nearly each in a calm mesh, is taken
 * by the thread that has read it: to wake another costs more than to answer.
 */
final class EngineThread {
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
  private final Lock turn = new ReentrantLock();
  private volatile boolean started;
  private volatile boolean stopped;

  /** When the thread wakes by itself; guarded by {@link #turn}. */
  private long alarm;

  private int row;

  /** What is done; its methods are called by one thread at a time. */
  interface Work {
    /** Called once, before all else, on the thread that keeps time. */
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

  EngineThread(Work work, LongSupplier nanoTime) {
    this.work = work;
    this.nanoTime = nanoTime;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Hands over something that may be lost, or does it at once; false when it is lost. */
  boolean offer(Input input) {
    boolean probe = input instanceof Input.Datagram it && Codec.isProbe(it.bytes());
    if (probe && tookAtOnce(input)) {
      return true;
    }
    boolean taken = (probe ? probes : datagrams).offer(input);
    LockSupport.unpark(thread);
    return taken;
  }

  private boolean tookAtOnce(Input input) {
    if (!started || stopped || !idle() || !turn.tryLock()) {
      return false;
    }
    boolean other = true;
    try {
      work.take(input, nanoTime.getAsLong());
      other = work.deadline() != alarm;
    } catch (RuntimeException e) {
      fault(e);
    } finally {
      turn.unlock();
    }
    if (other) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  private boolean idle() {
    return commands.isEmpty() && probes.isEmpty() && datagrams.isEmpty();
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
    started = true;
    while (!stopped) {
      long wait = 0;
      turn.lock();
      try {
        wait = once();
      } catch (RuntimeException e) {
        fault(e);
      } finally {
        turn.unlock();
      }
      if (wait > 0) {
        LockSupport.parkNanos(this, wait);
      }
    }
  }

  private void fault(RuntimeException e) {
    LOG.error("the gossip thread goes on after a fault of its own", e);
    work.fault(e);
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

  /** Does one thing; returns how long to sleep then. */
  private long once() {
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
      long sleep = Math.min(wait, LONGEST_SLEEP);
      alarm = now + sleep;
      return sleep;
    }
    return 0;
  }
}
