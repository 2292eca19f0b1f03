package io.vrouter.netlink.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Starts processes that the kernel kills when this JVM ends.
 *
 * <p>PR_SET_PDEATHSIG fires when the thread that spawned ends, not the process: so one thread that
 * lives as long as the JVM spawns them all.
 */
public final class Spawner {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "spawner");
            thread.setDaemon(true);
            return thread;
          });

  private Spawner() {}

  /** Starts a command with both outputs appended to {@code log}; it is written to by its Child. */
  public static Child start(Path log, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(tied(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new Child(spawn(builder, environment), log);
  }

  /** Runs a command to its end, at most a minute. */
  public static Output run(Map<String, String> environment, List<String> command) {
    return run(PATIENCE, environment, command);
  }

  /** Runs a command to its end. */
  public static Output run(
      Duration patience, Map<String, String> environment, List<String> command) {
    return run(patience, environment, "", command);
  }

  static Output run(
      Duration patience, Map<String, String> environment, String stdin, List<String> command) {
    Process process = spawn(new ProcessBuilder(tied(command)), environment);
    CompletableFuture<String> stdout = text(process.getInputStream());
    CompletableFuture<String> stderr = text(process.getErrorStream());
    try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
      input.write(stdin);
    } catch (IOException e) {
      // The command ended without reading all of it: its exit code tells whether that is wrong.
    }
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end within " + patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command, e);
    }
    return new Output(List.copyOf(command), process.exitValue(), stdout.join(), stderr.join());
  }

  private static List<String> tied(List<String> command) {
    List<String> tied = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
    tied.addAll(command);
    return tied;
  }

  private static CompletableFuture<String> text(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static Process spawn(ProcessBuilder builder, Map<String, String> environment) {
    builder.environment().putAll(environment);
    try {
      return THREAD.submit(builder::start).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting " + builder.command(), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot start " + builder.command(), e.getCause());
    }
  }
}
