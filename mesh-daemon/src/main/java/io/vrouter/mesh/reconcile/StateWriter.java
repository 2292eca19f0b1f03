package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Saves the state on another thread: a stalled disk must not hold up the kernel's updates. Claims
 * are written at once, anything else {@link #LAZY} later. Only the newest state is written.
 *
 * <p>The reconcile thread calls all methods but {@link #attempt}, which the given thread runs.
 */
final class StateWriter {
  /** A mesh that grows by a prefix each second is one write in this time. */
  static final Duration LAZY = Duration.ofSeconds(10);

  /** Runs tasks one at a time, each after a delay. */
  @FunctionalInterface
  interface Later {
    void run(Duration delay, Runnable task);
  }

  private final StateStore store;
  private final Later later;
  private final Runnable done;

  private @Nullable SavedState waiting;
  private boolean soon;
  private SavedState asked;
  private SavedState attempted;
  private boolean failed;
  private Optional<Problem> problem = Optional.empty();

  /**
   * Writes nothing yet.
   *
   * @param later the thread that writes
   * @param done run on that thread when {@link #mayTell} or {@link #problem} may have changed
   */
  StateWriter(StateStore store, Later later, Runnable done) {
    this.store = store;
    this.later = later;
    this.done = done;
    asked = store.load();
    attempted = asked;
  }

  /** The state of the last run. */
  synchronized SavedState loaded() {
    return asked;
  }

  /** Requests a write of the state unless it is on the disk, or about to be. */
  void write(SavedState state) {
    boolean urgent;
    synchronized (this) {
      if (state.equals(asked) && !failed) {
        return;
      }
      urgent = !sameClaims(state, attempted) || !state.former().equals(attempted.former());
      boolean scheduled = waiting != null && (soon || !urgent);
      asked = state;
      failed = false;
      waiting = state;
      if (scheduled) {
        return;
      }
      soon = urgent;
    }
    later.run(urgent ? Duration.ZERO : LAZY, this::attempt);
  }

  private void attempt() {
    SavedState state;
    synchronized (this) {
      state = waiting;
      waiting = null;
      soon = false;
    }
    if (state == null) {
      return;
    }
    Optional<Problem> outcome = Optional.empty();
    try {
      store.save(state);
    } catch (IOException | RuntimeException e) {
      outcome =
          Optional.of(
              new Problem(
                  "state-not-saved",
                  "claims and former settings can't be saved: " + e.getMessage(),
                  "make room in, or the right to write to, the directory of --state-dir"));
    }
    boolean news;
    synchronized (this) {
      news = !sameClaims(state, attempted) || !outcome.equals(problem);
      attempted = state;
      failed = outcome.isPresent();
      problem = outcome;
    }
    if (news) {
      done.run();
    }
  }

  /** Writes the pending state at once. */
  void flush() {
    later.run(Duration.ZERO, this::attempt);
  }

  /**
   * Whether the claims of the last request may be published: they are on the disk, or can't be
   * written at all.
   */
  synchronized boolean mayTell() {
    return sameClaims(asked, attempted);
  }

  /** Why the last attempt failed; empty when it didn't. */
  synchronized Optional<Problem> problem() {
    return problem;
  }

  private static boolean sameClaims(SavedState a, SavedState b) {
    return a.overlays().equals(b.overlays()) && a.subnets().equals(b.subnets());
  }
}
