package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.pool.PoolException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Asks the loop for subnets of this host's ranges. Thread-safe; waits for loop and disk. */
final class PoolQuestions {
  private final Questions questions;
  private final Signal signal;

  PoolQuestions(Questions questions, Signal signal) {
    this.questions = questions;
    this.signal = signal;
  }

  @FunctionalInterface
  private interface PoolWork {
    SavedValue.Saving<Prefix> on(PoolBook pool) throws PoolException;
  }

  private record ClaimResult(
      SavedValue.@Nullable Saving<Prefix> subnet, @Nullable PoolException refused) {}

  Prefix claim(String name) throws PoolException, InterruptedException {
    return subnet(pool -> pool.claim(name));
  }

  Prefix release(String name) throws PoolException, InterruptedException {
    return subnet(pool -> pool.release(name));
  }

  private Prefix subnet(PoolWork work) throws PoolException, InterruptedException {
    ClaimResult answer =
        questions
            .ask(loop -> answer(work, loop.books().pool()))
            .orElseGet(() -> new ClaimResult(null, new PoolException("meshd is ending")));
    SavedValue.Saving<Prefix> saving = answer.subnet();
    if (saving == null) {
      throw Objects.requireNonNull(answer.refused());
    }
    try {
      return saving.await();
    } catch (IOException e) {
      Problem unsaved = PoolBook.unsaved(e);
      throw new PoolException(unsaved.message() + "; " + unsaved.fix());
    } finally {
      // The number of free subnets changed.
      signal.raise(Cause.OPERATOR);
    }
  }

  private static ClaimResult answer(PoolWork work, PoolBook pool) {
    try {
      return new ClaimResult(work.on(pool), null);
    } catch (PoolException e) {
      return new ClaimResult(null, e);
    }
  }
}
