package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed.TableWrite;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes our own table. Elements of sets, which change with every peer and prefix, are written at
 * once by nfnetlink; chains, which take {@code nft}, on a thread of their own: a program may hang,
 * and no route waits for it. While one is under way the elements of the newest policy are written
 * all the same, to the sets that exist. Called on the reconcile thread.
 */
final class TableWriter implements AutoCloseable {
  /** Age from which a write of chains shows as a problem. */
  static final Duration LATE = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

  private final NftTable table;

  /** Used on the thread of the writes only. */
  private final NftTable chains;

  private final Executor thread;
  private final Runnable changed;
  private final LongSupplier clock;

  /** Whether calls wait for the end of a write. */
  private final boolean waits;

  private final AtomicReference<@Nullable FirewallPolicy> newest = new AtomicReference<>();
  private @Nullable ChainWrite running;
  private @Nullable FirewallException failure;
  private boolean ended;

  /**
   * A write of chains.
   *
   * @param creation whether there was no table before
   * @param since on the clock
   */
  private record ChainWrite(boolean creation, long since) {}

  /** A writer whose calls wait for {@code nft}. */
  TableWriter(NftTable table) {
    this(table, table, Runnable::run, () -> {}, System::nanoTime, true);
  }

  /**
   * A writer whose calls don't wait for {@code nft}.
   *
   * @param chains another object over the same table
   * @param thread runs one task at a time
   * @param changed called on that thread at the end of a write; a pass should follow
   * @param clock nanoseconds, monotonic
   */
  TableWriter(
      NftTable table, NftTable chains, Executor thread, Runnable changed, LongSupplier clock) {
    this(table, chains, thread, changed, clock, false);
  }

  private TableWriter(
      NftTable table,
      NftTable chains,
      Executor thread,
      Runnable changed,
      LongSupplier clock,
      boolean waits) {
    this.waits = waits;
    this.table = table;
    this.chains = chains;
    this.thread = thread;
    this.changed = changed;
    this.clock = clock;
  }

  /** The table, for looks. */
  NftTable table() {
    return table;
  }

  /**
   * Makes the table the policy's.
   *
   * @return whether it is; false while chains are being written
   * @throws FirewallException of this write, or of that of the chains that ended last
   */
  boolean set(FirewallPolicy policy) throws FirewallException {
    newest.set(policy);
    throwFailure();
    if (isUnderWay()) {
      refill(policy);
      return false;
    }
    if (table.applyElements(policy)) {
      return true;
    }
    boolean creation = !table.stands();
    synchronized (this) {
      running = new ChainWrite(creation, clock.getAsLong());
      ended = false;
    }
    thread.execute(this::write);
    throwFailure();
    return !isUnderWay();
  }

  private void write() {
    FirewallException refused = null;
    try {
      Supplier<FirewallPolicy> policy = this::newest;
      chains.apply(policy);
    } catch (FirewallException e) {
      refused = e;
    } finally {
      synchronized (this) {
        running = null;
        failure = refused;
        ended = !waits;
      }
    }
    changed.run();
  }

  private FirewallPolicy newest() {
    FirewallPolicy policy = newest.get();
    if (policy == null) {
      throw new IllegalStateException("no policy was given yet");
    }
    return policy;
  }

  private void throwFailure() throws FirewallException {
    FirewallException thrown;
    synchronized (this) {
      thrown = failure;
      failure = null;
    }
    if (thrown != null) {
      throw thrown;
    }
  }

  private void refill(FirewallPolicy policy) {
    try {
      table.refill(policy);
    } catch (FirewallException e) {
      // The write under way, or the look after it, meets the same error and reports it.
      LOG.debug("elements can't be written while chains are", e);
    }
  }

  /** Whether chains are being written. */
  synchronized boolean isUnderWay() {
    return running != null;
  }

  /** Whether a write of chains has ended since the last call: the table must be looked at. */
  synchronized boolean hasEnded() {
    boolean news = ended && running == null;
    ended &= !news;
    return news;
  }

  /** As {@link io.vrouter.mesh.apply.FirewallTarget#write}. */
  synchronized TableWrite write(FirewallPolicy policy) {
    ChainWrite present = running;
    if (present == null || !policy.equals(newest.get())) {
      return TableWrite.NONE;
    }
    return present.creation() ? TableWrite.CREATION : TableWrite.CHANGE;
  }

  /** A write that does not end. */
  synchronized Optional<Problem> late() {
    ChainWrite present = running;
    if (present == null || clock.getAsLong() - present.since() < LATE.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            NftTarget.CODE,
            "nft has not ended for %d s: %s"
                .formatted(
                    TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - present.since()),
                    present.creation()
                        ? "no way is opened without the firewall"
                        : "the former firewall is in force meanwhile"),
            "see whether 'nft list tables' hangs; routes are kept up meanwhile"));
  }

  /**
   * Removes the table and waits for that.
   *
   * @throws FirewallException with nft's message, or when it takes too long
   */
  void remove() throws FirewallException {
    AwaitedWork.run(thread, "removing table " + NftRuleset.TABLE, "nft", chains::remove);
    table.forget();
  }

  /** Closes the sockets; the table stays. */
  @Override
  public void close() {
    table.close();
    thread.execute(chains::close);
  }
}
