package io.vrouter.mesh.firewall;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Work on a thread of the firewall that is waited for. */
@FunctionalInterface
interface AwaitedWork {
  /** How long, less than the loop's end may take. */
  Duration PATIENCE = Duration.ofSeconds(8);

  /** Does it. */
  void run() throws FirewallException;

  /**
   * Runs it on the thread.
   *
   * @param operation named in the error
   * @param program that it runs
   * @throws FirewallException of the work, or when it takes longer than {@link #PATIENCE}
   */
  static void run(Executor thread, String operation, String program, AwaitedWork work)
      throws FirewallException {
    CompletableFuture<@Nullable FirewallException> end = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            work.run();
            end.complete(null);
          } catch (FirewallException e) {
            end.complete(e);
          } catch (RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    FirewallException failure = outcome(end, operation, program);
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable FirewallException outcome(
      CompletableFuture<@Nullable FirewallException> end, String operation, String program) {
    try {
      return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return new FirewallException(
          operation,
          "%s has not ended within %d s".formatted(program, PATIENCE.toSeconds()),
          "See whether %s hangs, then run 'meshd cleanup'".formatted(program),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new FirewallException(operation, "interrupted", "Run 'meshd cleanup'", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
