package io.vrouter.membership.jgroups;

import io.vrouter.membership.DaemonThreads;
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
 * Runs the engine on one thread at a time.
 *
 * <ul>
 *   <li>Datagrams wait in bounded queues, which drop new ones when full.
 *   <li>The daemon's own commands wait in an unbounded queue and go first.
 *   <li>Probes and their answers overtake other datagrams: a node that checks a whole mesh's
 *       signatures must still answer probes.
 *   <li>A probe that arrives while all queues are empty (nearly every one in a calm mesh) is
 *       processed by the thread that read it: waking another thread costs more than the answer.
 * </ul>
 */
final class EngineThread {
  /** Most waiting datagrams: about 40 ms of work when each carries a signature to check. */
  static final int QUEUE = 2048;

  /** Most probes in a row while another datagram waits. */
  private static final int ROW = 16;

  private static final Logger LOG = LoggerFactory.getLogger(JGroupsMembership.class);
  private static final long LONGEST_SLEEP = TimeUnit.SECONDS.toNanos(1);

  private final Queue<Input> datagrams = new ArrayBlockingQueue<>(QUEUE);
  private final Queue<Input> probes = new ArrayBlockingQueue<>(QUEUE);
  private final Queue<Input> commands = new ConcurrentLinkedQueue<>();
  private final Thread thread = DaemonThreads.of("gossip", this::run);
  private final Work work;
  private final LongSupplier nanoTime;
  private final Lock turn = new ReentrantLock();
  private volatile long turned;
  private volatile boolean started;
  private volatile boolean stopped;

  /** The thread's next wake-up without input; guarded by {@link #turn}. */
  private long alarm;

  private int row;

  /** The work; one thread at a time calls its methods. */
  interface Work {
    /** Called once, first, on the engine thread. */
    void begin();

    /** Takes one input. */
    void take(Input input, long now);

    /** When {@link #time} is due. */
    long deadline();

    /** Does what is due. */
    void time(long now);

    /** Reports a bug: a method above threw. */
    void fault(RuntimeException e);
  }

  EngineThread(Work work, LongSupplier nanoTime) {
    this.work = work;
    this.nanoTime = nanoTime;
  }

  void start() {
    turned = nanoTime.getAsLong();
    thread.start();
  }

  /**
   * When the thread last began a turn, in nanoseconds of the given clock. A turn begins at least
   * once in {@value #LONGEST_SLEEP} ns, also without input; an old value means that the engine, or
   * a listener of its events, does not return.
   */
  long turned() {
    return turned;
  }

  /** Queues or processes an input that may be lost; false when it was dropped. */
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

  /** Queues an input that must not be lost. */
  void submit(Input input) {
    commands.add(input);
    LockSupport.unpark(thread);
  }

  /** Ends the thread and, on any other thread, waits up to 2 s for its end. */
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

  /** Takes one input; returns the nanoseconds to sleep. */
  private long once() {
    Input input = commands.poll();
    if (input == null) {
      input = datagram();
    }
    long now = nanoTime.getAsLong();
    turned = now;
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
