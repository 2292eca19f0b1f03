package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Membership;
import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the kernel equal to what everybody's records say, and the own record equal to what this
 * host has. One thread named {@code reconcile} does all of it; every method here may be called from
 * any thread and, except {@link #close}, returns at once.
 *
 * <p>Order of use: {@link #firstPayload}, start membership with it, {@link #start}, {@link #close}.
 */
public final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final long CLOSE_PATIENCE_MILLIS = 10_000;
  private static final long QUESTION_MILLIS = 500;

  private final Loop core;
  private final LongSupplier clock;
  private final Signal signal = new Signal();
  private final AtomicReference<@Nullable LocalState> newLocal = new AtomicReference<>();
  private final AtomicReference<@Nullable Farewell> farewell = new AtomicReference<>();
  private final List<Consumer<MeshSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private final AtomicBoolean poolWanted = new AtomicBoolean();
  private final Queue<Question<?>> questions = new ConcurrentLinkedQueue<>();
  private volatile MeshSnapshot snapshot;
  private volatile List<Problem> left = List.of();

  /**
   * Wires the loop; nothing runs yet.
   *
   * @param netlink used by this alone from now on; the caller closes it after {@link #close}
   * @param clock nanoseconds, monotonic, e.g. {@code System::nanoTime}
   */
  public Reconciler(
      LocalState local,
      Membership membership,
      RtNetlink netlink,
      FirewallTarget firewall,
      StateStore store,
      PoolStore poolStore,
      LongSupplier clock) {
    this.clock = clock;
    this.core =
        new Loop(
            local,
            membership,
            new Observer(netlink),
            firewall,
            new Applier(firewall, new NetlinkTarget(netlink)),
            store,
            poolStore,
            clock);
    this.snapshot = core.snapshot();
    this.thread = new Thread(this::loop, "reconcile");
    membership.listen(event -> signal.raise(Cause.MEMBERSHIP));
  }

  /**
   * What this host tells at first. Only before {@link #start}.
   *
   * @throws NetlinkException when the kernel can't be asked
   */
  public Bytes firstPayload() {
    return core.firstPayload();
  }

  /** Starts the loop; membership must have been started. */
  public void start() {
    thread.start();
  }

  /** This host changed: other networks, another underlay. */
  public void update(LocalState local) {
    newLocal.set(local);
    signal.raise(Cause.LOCAL);
  }

  /** The kernel changed, or may have. */
  public void kernelChanged() {
    signal.raise(Cause.KERNEL);
  }

  /** Somebody wrote to nftables: unless it was this loop, our table is looked at again. */
  public void rulesChanged() {
    signal.raise(Cause.RULES);
  }

  /** Rules of which nftables tells nothing may be others: everything is looked at again. */
  public void firewallChanged() {
    signal.raise(Cause.FIREWALL);
  }

  /**
   * What would be written now, from a fresh dump; waits for the loop to compute it.
   *
   * @return empty when the loop has ended
   * @throws NetlinkException when the kernel can't be asked
   * @throws InterruptedException when the wait is cut short
   */
  public Plan plan() throws InterruptedException {
    return ask(Loop::plan).orElse(Plan.EMPTY);
  }

  /** Somebody wants a range of the pool: the snapshot shows what becomes of it. */
  public void wantRange() {
    poolWanted.set(true);
    signal.raise(Cause.OPERATOR);
  }

  /**
   * Gives a name a subnet of this host's ranges, the same again when it has one; waits for the
   * loop. It is on the disk when this returns.
   *
   * @throws PoolException when none is free, it can't be kept, or the loop has ended
   * @throws InterruptedException when the wait is cut short
   */
  public Prefix claimSubnet(String name) throws PoolException, InterruptedException {
    return subnet(pool -> pool.claim(name));
  }

  /**
   * Takes the subnet of a name back.
   *
   * @throws PoolException when nothing has that name, it can't be kept, or the loop has ended
   * @throws InterruptedException when the wait is cut short
   */
  public Prefix releaseSubnet(String name) throws PoolException, InterruptedException {
    return subnet(pool -> pool.release(name));
  }

  @FunctionalInterface
  private interface PoolWork {
    Prefix on(PoolBook pool) throws PoolException;
  }

  private Prefix subnet(PoolWork work) throws PoolException, InterruptedException {
    record Answer(@Nullable Prefix subnet, @Nullable PoolException refused) {}
    Answer answer =
        ask(core -> {
              try {
                return new Answer(work.on(core.pool()), null);
              } catch (PoolException e) {
                return new Answer(null, e);
              }
            })
            .orElseGet(() -> new Answer(null, new PoolException("meshd is ending")));
    // Fewer subnets are free, or more.
    signal.raise(Cause.OPERATOR);
    if (answer.subnet() == null) {
      throw Objects.requireNonNull(answer.refused());
    }
    return answer.subnet();
  }

  /** A question, with its answer in it. */
  private record Question<T>(Function<Loop, T> work, CompletableFuture<T> answer) {
    void answer(Loop core) {
      try {
        answer.complete(work.apply(core));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    }
  }

  /** Has the loop do something after its next pass; empty when it has ended. */
  private <T> Optional<T> ask(Function<Loop, T> work) throws InterruptedException {
    Question<T> question = new Question<>(work, new CompletableFuture<>());
    questions.add(question);
    signal.wake();
    while (true) {
      try {
        return Optional.of(question.answer.get(QUESTION_MILLIS, TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        if (!thread.isAlive()) {
          return Optional.empty();
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof NetlinkException refused) {
          throw refused;
        }
        throw new IllegalStateException("the loop could not answer", e.getCause());
      }
    }
  }

  /** What was known at the end of the last pass. */
  public MeshSnapshot snapshot() {
    return snapshot;
  }

  /** Adds a listener, called on the reconcile thread after every pass; it must return at once. */
  public void listen(Consumer<MeshSnapshot> listener) {
    listeners.add(listener);
  }

  /**
   * Ends the loop and waits for it, 10 s at most. Idempotent; the first farewell counts.
   *
   * @return what could not be removed
   */
  public List<Problem> close(Farewell how) {
    farewell.compareAndSet(null, how);
    signal.wake();
    if (Thread.currentThread() != thread) {
      try {
        thread.join(CLOSE_PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return left;
  }

  /** Answers what was queued by now: a caller that asks without a pause must not hold the loop. */
  private void answer() {
    for (int left = questions.size(); left > 0; left--) {
      Question<?> asked = questions.poll();
      if (asked != null) {
        asked.answer(core);
      }
    }
  }

  // A snapshot that is the same object was shown; comparing its members would cost O(n).
  @SuppressWarnings("ReferenceEquality")
  private void show(MeshSnapshot newest) {
    if (newest != snapshot) {
      snapshot = newest;
      listeners.forEach(listener -> listener.accept(newest));
    }
  }

  private void loop() {
    long deadline = clock.getAsLong();
    while (farewell.get() == null) {
      var causes = signal.await(deadline - clock.getAsLong());
      LocalState local = newLocal.getAndSet(null);
      if (local != null) {
        core.local(local);
      }
      if (poolWanted.get()) {
        core.pool().ask();
      }
      if (farewell.get() == null) {
        deadline = core.pass(causes);
        show(core.snapshot());
        answer();
      }
    }
    if (farewell.get() == Farewell.LEAVE) {
      try {
        left = core.leave();
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
}
