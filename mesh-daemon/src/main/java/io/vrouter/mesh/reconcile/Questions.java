package io.vrouter.mesh.reconcile;

import io.vrouter.netlink.NetlinkException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Work of other threads on the loop's state, done between two passes. Thread-safe. */
final class Questions {
  private static final long CHECK_MILLIS = 500;

  private final Queue<Question<?>> queue = new ConcurrentLinkedQueue<>();
  private final Runnable wake;
  private final BooleanSupplier alive;

  /**
   * None yet.
   *
   * @param wake wakes the loop
   * @param alive whether the loop's thread runs
   */
  Questions(Runnable wake, BooleanSupplier alive) {
    this.wake = wake;
    this.alive = alive;
  }

  private record Question<T>(Function<Loop, T> work, CompletableFuture<T> answer) {
    void answer(Loop loop) {
      try {
        answer.complete(work.apply(loop));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    }
  }

  /**
   * Waits until the loop has done the work.
   *
   * @return empty when the loop has ended
   * @throws NetlinkException when the work met one
   * @throws InterruptedException when the wait is cut short
   */
  <T> Optional<T> ask(Function<Loop, T> work) throws InterruptedException {
    Question<T> question = new Question<>(work, new CompletableFuture<>());
    queue.add(question);
    wake.run();
    while (true) {
      try {
        return Optional.of(question.answer.get(CHECK_MILLIS, TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        if (!alive.getAsBoolean()) {
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

  /** Runs the work queued by now: a caller that asks without a pause must not hold the loop. */
  void answer(Loop loop) {
    for (int left = queue.size(); left > 0; left--) {
      Question<?> asked = queue.poll();
      if (asked != null) {
        asked.answer(loop);
      }
    }
  }
}
