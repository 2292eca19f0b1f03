package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.Membership;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.NodeKeys;
import io.vrouter.mesh.agent.Agent;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.policy.PolicyException;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.record.ProbeArrivals;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the kernel equal to all members' records, and the own record equal to this host's state.
 * One thread named {@code reconcile} does all of it; every method here may be called from any
 * thread and, except {@link #close}, returns at once.
 *
 * <p>Order of use: {@link #firstPayload}, start membership with it, {@link #start}, {@link #close}.
 */
public final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
  private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(5);

  private final Loop loop;
  private final LoopThread thread;
  private final LoopInputs inputs = new LoopInputs();
  private final StateWriter writer;
  private final LongSupplier clock;
  private final Optional<Bytes> operator;
  private final Signal signal = new Signal();
  private volatile Consumer<Integer> retiredListener = slot -> {};
  private final List<Consumer<String>> repairListeners = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor disk =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("state"));
  private final Questions questions;
  private final Plans plans;
  private final PoolQuestions pools;

  /**
   * Wires the loop; nothing runs yet.
   *
   * @param netlink reads the kernel, used only here from now on; the caller closes it after {@link
   *     #close}
   * @param agent writes to the kernel
   * @param clock nanoseconds, monotonic, e.g. {@code System::nanoTime}
   */
  public Reconciler(
      LocalState local,
      Membership membership,
      RtNetlink netlink,
      Agent agent,
      StateStore store,
      PoolStore poolStore,
      PolicyStore policyStore,
      NodeKeys keys,
      LongSupplier clock) {
    this.clock = clock;
    this.operator = Optional.ofNullable(keys.operator());
    this.writer = new StateWriter(store, this::later, () -> signal.raise(Cause.SAVED));
    disk.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.loop =
        new Loop(
            local,
            membership,
            new Observer(netlink),
            agent,
            writer,
            this::later,
            () -> signal.raise(Cause.LOCAL),
            poolStore,
            policyStore,
            keys,
            this::repaired,
            this::retired,
            clock);
    this.thread = new LoopThread(loop, inputs, signal, clock);
    this.questions = thread.questions();
    this.pools = new PoolQuestions(questions, signal);
    this.plans = new Plans(questions, agent.asked(), clock);
    membership.listen(event -> signal.raise(Cause.MEMBERSHIP));
  }

  /**
   * The first record of this host. Only before {@link #start}.
   *
   * @throws NetlinkException when the kernel can't be asked
   */
  public Bytes firstPayload() {
    inputs.into(loop.books());
    return loop.firstPayload();
  }

  /** Starts the loop; membership must have been started. */
  public void start() {
    thread.start();
  }

  /**
   * Results of the probes.
   *
   * @param mtus path MTU to a peer in octets, where less than the tunnel's MTU
   * @param arrivals of the peers without an answer
   */
  public void paths(Map<NodeId, Integer> mtus, ProbeArrivals arrivals) {
    if (inputs.paths(mtus, arrivals)) {
      signal.raise(Cause.LOCAL);
    }
  }

  /** This host's WireGuard keys, newest first: of devices that are wanted. */
  public void tunnelKeys(List<WireGuardKey> keys) {
    inputs.tunnelKeys(keys);
    signal.raise(Cause.LOCAL);
  }

  /**
   * Sets the listener of keys that no peer uses any more; called with their slot on the thread of
   * the disk. Only before {@link #start}.
   */
  public void onTunnelKeyRetired(Consumer<Integer> listener) {
    retiredListener = listener;
  }

  private void retired(Integer slot) {
    later(Duration.ZERO, () -> retiredListener.accept(slot));
  }

  /** This host changed: other networks, another underlay. */
  public void update(LocalState local) {
    inputs.local(local);
    signal.raise(Cause.LOCAL);
  }

  /**
   * The kernel changed, or may have.
   *
   * @param ours whether an object with our mark changed, which is looked at within milliseconds
   */
  public void kernelChanged(boolean ours) {
    signal.raise(ours ? Cause.OURS : Cause.KERNEL);
  }

  /** Nftables changed: our table is looked at again, unless this loop wrote it. */
  public void rulesChanged() {
    signal.raise(Cause.RULES);
  }

  /** Rules without nftables events may have changed: everything is looked at again. */
  public void firewallChanged() {
    signal.raise(Cause.FIREWALL);
  }

  /**
   * The plan against a dump at most one second old; waits for it.
   *
   * @return empty when the loop has ended
   * @throws NetlinkException when the kernel can't be asked
   * @throws InterruptedException when the wait is cut short
   */
  public Plan plan() throws InterruptedException {
    return plans.newest();
  }

  /**
   * The prefixes that are held back after their withdrawal, by prefix; waits for the loop.
   *
   * @throws InterruptedException when the wait is cut short
   */
  public List<KnownPrefix> withdrawn() throws InterruptedException {
    return questions.ask(loop -> loop.books().held().list(clock.getAsLong())).orElse(List.of());
  }

  /**
   * Releases a withdrawn prefix; waits for the loop.
   *
   * @return false when it isn't held back
   * @throws InterruptedException when the wait is cut short
   */
  public boolean forget(Prefix prefix) throws InterruptedException {
    boolean forgotten = questions.ask(loop -> loop.books().held().forget(prefix)).orElse(false);
    signal.raise(Cause.OPERATOR);
    return forgotten;
  }

  /** Requests a range of the pool; the snapshot shows the outcome. */
  public void wantRange() {
    inputs.wantRange();
    signal.raise(Cause.OPERATOR);
  }

  /**
   * Allocates a subnet of this host's ranges to a name, the same again when it has one; waits for
   * the loop. The subnet is on the disk when this returns.
   *
   * @throws PoolException when none is free, it can't be saved, or the loop has ended
   * @throws InterruptedException when the wait is cut short
   */
  public Prefix claimSubnet(String name) throws PoolException, InterruptedException {
    return pools.claim(name);
  }

  /**
   * Releases the subnet of a name.
   *
   * @throws PoolException when the name has no subnet, the release can't be saved, or the loop has
   *     ended
   * @throws InterruptedException when the wait is cut short
   */
  public Prefix releaseSubnet(String name) throws PoolException, InterruptedException {
    return pools.release(name);
  }

  /** The operator's public key; empty where none is configured. */
  public Optional<Bytes> operator() {
    return operator;
  }

  /**
   * Puts a policy in force; waits for the loop. It is on the disk when this returns.
   *
   * @throws PolicyException when it is refused, or the loop has ended
   * @throws InterruptedException when the wait is cut short
   */
  public void apply(SignedPolicy policy) throws PolicyException, InterruptedException {
    PolicyAnswer answer =
        questions
            .ask(loop -> PolicyAnswer.of(loop.books().policy(), policy))
            .orElseThrow(() -> new PolicyException("meshd is ending", null));
    SavedValue.Saving<SignedPolicy> saving = answer.saving();
    if (saving == null) {
      throw Objects.requireNonNull(answer.refused());
    }
    try {
      saving.await();
    } catch (IOException e) {
      throw new PolicyException("the policy can't be saved: " + e.getMessage(), e);
    }
    questions.ask(
        loop -> {
          loop.books().policy().force();
          return true;
        });
    signal.raise(Cause.OPERATOR);
  }

  private record PolicyAnswer(
      SavedValue.@Nullable Saving<SignedPolicy> saving, @Nullable PolicyException refused) {
    static PolicyAnswer of(PolicyBook book, SignedPolicy policy) {
      try {
        return new PolicyAnswer(book.apply(policy), null);
      } catch (PolicyException e) {
        return new PolicyAnswer(null, e);
      }
    }
  }

  /** State at the end of the last pass. */
  public MeshSnapshot snapshot() {
    return thread.snapshot();
  }

  /** Adds a listener, called on the reconcile thread after every pass; it must return at once. */
  public void listen(Consumer<MeshSnapshot> listener) {
    thread.listen(listener);
  }

  /** Duration of the thread's present turn; zero while it waits, one day after it died. */
  public Duration sinceLastTurn() {
    return thread.sinceLastTurn();
  }

  /**
   * Ends the loop and waits for it, 10 s at most, then for the disk. Idempotent; the first farewell
   * counts.
   *
   * @return problems of what could not be removed, or not in time
   */
  public List<Problem> close(Farewell how) {
    return close(how, CLOSE_PATIENCE);
  }

  List<Problem> close(Farewell how, Duration patience) {
    Farewell counts = thread.end(how);
    if (thread.current()) {
      return thread.left();
    }
    boolean ended = false;
    boolean saved = false;
    try {
      ended = thread.join(patience);
      writer.flush();
      disk.shutdown();
      saved = disk.awaitTermination(FLUSH_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Problem> problems = new ArrayList<>(thread.left());
    if (!ended) {
      problems.add(
          new Problem(
              "leave-unfinished",
              "the reconcile thread has not ended within %d s, so our kernel state may be there"
                  .formatted(patience.toSeconds()),
              "see whether nft, iptables or the disk hangs, then run 'meshd cleanup'"));
    }
    if (!saved) {
      problems.add(
          new Problem(
              "state-not-saved",
              "the disk of --state-dir does not answer, so the newest state is not saved",
              "see whether that disk hangs"));
    } else if (counts == Farewell.LEAVE) {
      writer.problem().ifPresent(problems::add);
      loop.books().pool().unsaved().ifPresent(problems::add);
    }
    return problems;
  }

  private void later(Duration delay, Runnable task) {
    try {
      Future<?> unused = disk.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed before the state was written", e);
    }
  }

  /**
   * Adds a listener to repairs: one line for each object that another program changed and the loop
   * restored. Called on the reconcile thread; it must return at once.
   */
  public void onRepair(Consumer<String> listener) {
    repairListeners.add(listener);
  }

  private void repaired(String what) {
    repairListeners.forEach(listener -> listener.accept(what));
  }
}
