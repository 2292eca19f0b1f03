package io.vrouter.mesh.firewall;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs {@code nft} by argument vector. Blocks for the length of the run, some 10 ms; killed after
 * {@value #TIMEOUT_SECONDS} s.
 */
public final class Nft {
  private static final int TIMEOUT_SECONDS = 10;
  private static final int WORDS = 400;

  private final List<String> command;

  /** The {@code nft} of the path. */
  public Nft() {
    this(List.of("nft"));
  }

  /** An nft reached by a longer command, such as one that enters a network namespace. */
  public Nft(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** How a run ended; an exit status other than 0 is an outcome, not an exception. */
  record Outcome(int status, String output) {}

  /**
   * Runs nft once.
   *
   * @param operation what it is for, in words for the error
   * @param stdin what {@code -f -} reads
   * @throws NftException when it couldn't be run to its end
   */
  Outcome run(String operation, List<String> arguments, String stdin) throws NftException {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(command.stream(), arguments.stream()).toList())
            .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new NftException(
          operation,
          "it can't be started (" + e.getMessage() + ")",
          "Install nftables (apt-get install nftables)",
          e);
    }
    CompletableFuture<Process> watchdog =
        process.onExit().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    watchdog.exceptionally(
        late -> {
          process.destroyForcibly();
          return process;
        });
    try {
      // nft reads all of its input before it writes, so neither pipe can block the other.
      try (var input = process.getOutputStream()) {
        input.write(stdin.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      throw new NftException(
          operation,
          "it stopped before it was done (" + e.getMessage() + ")",
          "It is tried again",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NftException(operation, "interrupted", "The daemon is stopping", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Runs nft and expects success.
   *
   * @throws NftException with nft's words
   */
  String succeed(String operation, List<String> arguments, String stdin) throws NftException {
    Outcome outcome = run(operation, arguments, stdin);
    if (outcome.status() != 0) {
      throw refused(operation, outcome);
    }
    return outcome.output();
  }

  static NftException refused(String operation, Outcome outcome) {
    String words = words(outcome);
    String fix =
        words.contains("Operation not permitted")
            ? "meshd needs CAP_NET_ADMIN"
            : "nftables 1.0.6 on a kernel of 5.10 or later is known to work; nothing was changed";
    return new NftException(operation, words, fix, null);
  }

  private static String words(Outcome outcome) {
    String line =
        outcome
            .output()
            .lines()
            .filter(candidate -> candidate.contains("Error"))
            .findFirst()
            .or(() -> outcome.output().lines().findFirst())
            .orElse("nothing, with exit status " + outcome.status())
            .replaceFirst("^/dev/stdin:", "line ")
            .strip();
    return line.length() <= WORDS ? line : line.substring(0, WORDS);
  }
}
