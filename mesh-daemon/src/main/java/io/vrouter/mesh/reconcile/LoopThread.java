package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Defects;
import io.vrouter.mesh.agent.AgentException;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.NetlinkException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread named {@code reconcile}: turns of the loop until a farewell. Outlives any defect in a
 * turn. Methods may be called from any thread.
 */
final class LoopThread {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);
  private static final long AFTER_DEFECT_NANOS = Duration.ofSeconds(1).toNanos();

  private final Loop loop;
  private final LoopInputs inputs;
  private final Signal signal;
  private final LongSupplier clock;
  private final Questions questions;
  private final List<Consumer<MeshSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Farewell> farewell = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "reconcile");

  /** When the present turn began; null before the first. */
  private volatile @Nullable Long turn;

  private volatile boolean waits = true;
  private volatile MeshSnapshot snapshot;
  private volatile List<Problem> left = List.of();

  /**
   * Nothing runs yet.
   *
   * @param clock nanoseconds, monotonic
   */
  LoopThread(Loop loop, LoopInputs inputs, Signal signal, LongSupplier clock) {
    this.loop = loop;
    this.inputs = inputs;
    this.signal = signal;
    this.clock = clock;
    this.snapshot = loop.snapshot();
    this.questions = new Questions(signal::wake, thread::isAlive);
  }

  void start() {
    thread.start();
  }

  /** Work on the loop's state, done between two turns. */
  Questions questions() {
    return questions;
  }

  /** State at the end of the last turn. */
  MeshSnapshot snapshot() {
    return snapshot;
  }

  /** Adds a listener, called on the thread after every turn that changed the state. */
  void listen(Consumer<MeshSnapshot> listener) {
    listeners.add(listener);
  }

  /** Duration of the thread's present turn; zero while it waits, one day after it died. */
  Duration sinceLastTurn() {
    Long began = turn;
    if (began == null || farewell.get() != null) {
      return Duration.ZERO;
    }
    boolean dead = !thread.isAlive();
    return dead ? Duration.ofDays(1) : Duration.ofNanos(waits ? 0 : clock.getAsLong() - began);
  }

  /**
   * Asks the thread to end; the first farewell counts.
   *
   * @return the farewell that counts
   */
  Farewell end(Farewell how) {
    farewell.compareAndSet(null, how);
    signal.wake();
    return Objects.requireNonNull(farewell.get());
  }

  /** Whether the caller is this thread. */
  boolean current() {
    return Thread.currentThread() == thread;
  }

  /**
   * Waits for the end.
   *
   * @return whether the thread has ended
   */
  boolean join(Duration patience) throws InterruptedException {
    thread.join(patience.toMillis());
    return !thread.isAlive();
  }

  /** Problems of what could not be removed at the end. */
  List<Problem> left() {
    return left;
  }

  // A snapshot that is the same object was shown; comparing its members would cost O(n).
  @SuppressWarnings("ReferenceEquality")
  private void show(MeshSnapshot newest) {
    if (newest != snapshot) {
      snapshot = newest;
      listeners.forEach(listener -> listener.accept(newest));
    }
  }

  private void run() {
    long deadline = clock.getAsLong();
    while (farewell.get() == null) {
      waits = true;
      var causes = signal.await(deadline - clock.getAsLong());
      turn = clock.getAsLong();
      waits = false;
      if (farewell.get() == null) {
        deadline = turn(causes);
      }
    }
    if (farewell.get() == Farewell.LEAVE) {
      leave();
    }
  }

  /** One turn; the loop outlives any defect in it. */
  private long turn(Set<Cause> causes) {
    try {
      inputs.into(loop.books());
      long deadline = loop.pass(causes);
      show(loop.snapshot());
      questions.answer(loop);
      return deadline;
    } catch (RuntimeException e) {
      Defects.caught("a turn of the loop", e);
      return clock.getAsLong() + AFTER_DEFECT_NANOS;
    }
  }

  private void leave() {
    try {
      left = loop.leave();
    } catch (AgentException e) {
      left = List.of(e.problem());
    } catch (NetlinkException e) {
      left =
          List.of(
              new Problem(
                  "kernel-unreachable",
                  "our kernel state could not be removed: " + e.getMessage(),
                  "run 'meshd cleanup'"));
    }
    left.forEach(problem -> LOG.error("{}; {}", problem.message(), problem.fix()));
  }
}
