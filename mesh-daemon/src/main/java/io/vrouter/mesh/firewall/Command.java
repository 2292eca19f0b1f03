package io.vrouter.mesh.firewall;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program by argument vector to its end, or kills it after a timeout. */
final class Command {
  /** The default timeout. */
  static final int TIMEOUT_SECONDS = 10;

  private static final int WORDS = 400;
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Command() {}

  /** Result of a run; an exit status other than 0 is an outcome, not an exception. */
  record CommandResult(int status, String output) {
    /** One line of the output: the first that contains {@code mark}, else the first. */
    String words(String mark) {
      String line =
          output
              .lines()
              .filter(candidate -> candidate.contains(mark))
              .findFirst()
              .or(() -> output.lines().findFirst())
              .orElse("nothing, with exit status " + status)
              .strip();
      return line.length() <= WORDS ? line : line.substring(0, WORDS);
    }
  }

  /** A program that couldn't be run to its end. */
  static final class NotRun extends Exception {
    private final boolean started;

    NotRun(String message, boolean started, Throwable cause) {
      super(message, cause);
      this.started = started;
    }

    /** Whether the program was started. */
    boolean started() {
      return started;
    }
  }

  /**
   * Runs once, for {@value #TIMEOUT_SECONDS} s at most; blocks meanwhile.
   *
   * @param stdin read to its end before the program writes much: neither pipe blocks the other
   */
  static CommandResult run(List<String> command, String stdin) throws NotRun {
    return run(command, stdin, TIMEOUT_SECONDS);
  }

  /**
   * As {@link #run(List, String)} with another limit.
   *
   * @param timeout in seconds
   */
  static CommandResult run(List<String> command, String stdin, int timeout) throws NotRun {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // This process's environment may contain the mesh's token.
    String path = builder.environment().get("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path == null ? PATH : path);
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new NotRun("it can't be started (" + e.getMessage() + ")", false, e);
    }
    CompletableFuture<Process> watchdog = process.onExit().orTimeout(timeout, TimeUnit.SECONDS);
    watchdog.exceptionally(
        late -> {
          process.destroyForcibly();
          return process;
        });
    try {
      try (var input = process.getOutputStream()) {
        input.write(stdin.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new CommandResult(process.waitFor(), output);
    } catch (IOException e) {
      throw new NotRun("it stopped before it was done (" + e.getMessage() + ")", true, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotRun("interrupted, the daemon is stopping", true, e);
    } finally {
      process.destroyForcibly();
    }
  }
}
