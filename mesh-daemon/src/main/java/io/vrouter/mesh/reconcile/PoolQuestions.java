package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.pool.PoolException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Asks the loop for subnets of this host's ranges. Thread-safe; waits for the loop. */
final class PoolQuestions {
  private final Questions questions;
  private final Signal signal;

  PoolQuestions(Questions questions, Signal signal) {
    this.questions = questions;
    this.signal = signal;
  }

  @FunctionalInterface
  private interface PoolWork {
    Prefix on(PoolBook pool) throws PoolException;
  }

  private record ClaimResult(@Nullable Prefix subnet, @Nullable PoolException refused) {}

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
    // The number of free subnets changed.
    signal.raise(Cause.OPERATOR);
    if (answer.subnet() == null) {
      throw Objects.requireNonNull(answer.refused());
    }
    return answer.subnet();
  }

  private static ClaimResult answer(PoolWork work, PoolBook pool) {
    try {
      return new ClaimResult(work.on(pool), null);
    } catch (PoolException e) {
      return new ClaimResult(null, e);
    }
  }
}
