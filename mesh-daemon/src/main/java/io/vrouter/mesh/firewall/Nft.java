package io.vrouter.mesh.firewall;

import java.util.List;
import java.util.stream.Stream;

/** Runs {@code nft} by argument vector. Blocks for the run, about 10 ms. */
public final class Nft {
  private final List<String> command;

  /** The {@code nft} of the search path. */
  public Nft() {
    this(List.of("nft"));
  }

  /** An nft behind a command prefix, such as one that enters a network namespace. */
  public Nft(List<String> command) {
    this.command = List.copyOf(command);
  }

  /**
   * Runs nft once.
   *
   * @param operation named in the error
   * @param stdin read by {@code -f -}
   * @throws FirewallException when nft couldn't be run to its end
   */
  Command.CommandResult run(String operation, List<String> arguments, String stdin)
      throws FirewallException {
    try {
      return Command.run(Stream.concat(command.stream(), arguments.stream()).toList(), stdin);
    } catch (Command.NotRun e) {
      throw new FirewallException(
          operation,
          String.valueOf(e.getMessage()),
          e.started() ? "It is tried again" : "Install nftables (apt-get install nftables)",
          e);
    }
  }

  /**
   * Runs nft and expects success.
   *
   * @throws FirewallException with nft's message
   */
  String succeed(String operation, List<String> arguments, String stdin) throws FirewallException {
    Command.CommandResult outcome = run(operation, arguments, stdin);
    if (outcome.status() != 0) {
      throw refused(operation, outcome);
    }
    return outcome.output();
  }

  static FirewallException refused(String operation, Command.CommandResult outcome) {
    String words = outcome.words("Error").replaceFirst("^/dev/stdin:", "line ");
    String fix =
        words.contains("Operation not permitted")
            ? "meshd needs CAP_NET_ADMIN"
            : "nftables 1.0.6 on a kernel of 5.10 or later is known to work; nothing was changed";
    return new FirewallException(operation, "nft says: " + words, fix, null);
  }
}
