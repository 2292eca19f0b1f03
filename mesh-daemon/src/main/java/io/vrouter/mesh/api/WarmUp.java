package io.vrouter.mesh.api;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.control.Caller;
import io.vrouter.mesh.control.CommandRunner;
import io.vrouter.mesh.control.Console;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs the most frequent commands once, some time after the start, and drops their output: the
 * first command loads the command line's classes, for which an operator would have to wait.
 */
public final class WarmUp implements AutoCloseable {
  /** Late enough not to slow the start, early enough for the first command to a new daemon. */
  private static final long DELAY_SECONDS = 2;

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("members"),
          List.of("members", "-o", "json"),
          List.of("routes"),
          List.of("status"));

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("warm-up"));

  private final ScheduledFuture<?> run;

  /** Starts the delay. */
  public WarmUp(CommandRunner runner) {
    run = thread.schedule(() -> run(runner), DELAY_SECONDS, TimeUnit.SECONDS);
    thread.shutdown();
  }

  private static void run(CommandRunner runner) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Caller caller = new Caller("warm-up", false);
    Console console =
        new Console(
            nowhere,
            OutputStream.nullOutputStream(),
            nowhere,
            true,
            80,
            false,
            caller,
            Runnable::run);
    try {
      for (List<String> command : COMMANDS) {
        runner.run(command, console);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    run.cancel(true);
  }
}
