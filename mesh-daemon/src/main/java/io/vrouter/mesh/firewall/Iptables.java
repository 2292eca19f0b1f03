package io.vrouter.mesh.firewall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs {@code iptables-save} and {@code iptables-restore} by argument vector, each backend by its
 * own name: neither lists the other's rules. Blocks for the run, about 5 ms.
 */
public final class Iptables {
  private static final List<String> SYSTEM = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  /** Seconds to wait for the lock of the legacy tables. */
  private static final String LOCK_PATIENCE = "5";

  /** iptables-nft takes 12 s to change a chain of a table that has 100,000 rules elsewhere. */
  private static final int TIMEOUT_SECONDS = 60;

  private final List<String> prefix;
  private final Path procNet;

  /** The kernel's two iptables implementations. */
  public enum Backend {
    NFT,
    LEGACY
  }

  /** One backend's rules of one family. */
  record Side(Backend backend, boolean ipv4) {
    static final List<Side> ALL =
        List.of(
            new Side(Backend.NFT, true),
            new Side(Backend.LEGACY, true),
            new Side(Backend.NFT, false),
            new Side(Backend.LEGACY, false));

    private String program(String verb) {
      return (ipv4 ? "iptables-" : "ip6tables-")
          + (backend == Backend.NFT ? "nft-" : "legacy-")
          + verb;
    }

    @Override
    public String toString() {
      return program("").replaceFirst("-$", "");
    }
  }

  /** The tools of the search path, on this network namespace. */
  public Iptables() {
    this(List.of(), Path.of("/proc/self/net"));
  }

  /**
   * Tools behind a command prefix, such as one that enters a network namespace.
   *
   * @param procNet that namespace's /proc/PID/net
   */
  public Iptables(List<String> prefix, Path procNet) {
    this.prefix = List.copyOf(prefix);
    this.procNet = procNet;
  }

  /**
   * All tables of one side.
   *
   * @return empty without tables or without a tool to list them
   * @throws FirewallException when the tool fails
   */
  Optional<IptablesDump> save(Side side) throws FirewallException {
    if (side.backend() == Backend.LEGACY && !legacyTables(side.ipv4())) {
      // Listing an absent table makes the legacy tool load it into the kernel.
      return Optional.empty();
    }
    Optional<String> program = program(side, "save");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        IptablesDump.parse(run("listing the rules of " + side, List.of(program.get()), "")));
  }

  /** Whether the tools of a side are installed. */
  boolean isInstalled(Side side) {
    return program(side, "save").isPresent() && program(side, "restore").isPresent();
  }

  /**
   * Applies the commands, each table in one transaction.
   *
   * @throws FirewallException with the tool's message
   */
  void restore(Side side, String commands) throws FirewallException {
    String operation = "writing rules of " + side;
    Optional<String> program = program(side, "restore");
    if (program.isEmpty()) {
      throw new FirewallException(
          operation,
          side + "-restore is not installed",
          "Install iptables (apt-get install iptables)",
          null);
    }
    run(operation, List.of(program.get(), "--noflush", "--wait", LOCK_PATIENCE), commands);
  }

  /** Whether the kernel has legacy tables of the family; loads none. */
  boolean legacyTables(boolean ipv4) throws FirewallException {
    Path names = procNet.resolve(ipv4 ? "ip_tables_names" : "ip6_tables_names");
    try {
      return Files.exists(names) && !Files.readString(names).isBlank();
    } catch (IOException e) {
      throw new FirewallException(
          "looking for legacy tables", "reading " + names + ": " + e, "Run meshd as root", e);
    }
  }

  private String run(String operation, List<String> arguments, String stdin)
      throws FirewallException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(arguments);
    try {
      Command.CommandResult outcome = Command.run(command, stdin, TIMEOUT_SECONDS);
      if (outcome.status() != 0) {
        String words = "iptables says: " + outcome.words("tables");
        throw new FirewallException(operation, words, fix(outcome.output()), null);
      }
      return outcome.output();
    } catch (Command.NotRun e) {
      throw new FirewallException(
          operation, String.valueOf(e.getMessage()), "It is tried again", e);
    }
  }

  private static String fix(String output) {
    if (output.contains("xtables.lock")) {
      return "meshd must be able to write /run/xtables.lock, which it shares with Docker: mount it";
    }
    if (output.contains("you must be root") || output.contains("Permission denied")) {
      return "meshd needs CAP_NET_ADMIN, and CAP_NET_RAW where rules are in iptables-legacy"
          + " (cap_add: NET_RAW, as examples/daemon/compose.legacy-iptables.yaml does)";
    }
    return "Nothing was changed and it is tried again; see the rules with iptables-save";
  }

  private static Optional<String> program(Side side, String verb) {
    String own = side.program(verb);
    if (isThere(own)) {
      return Optional.of(own);
    }
    // iptables before 1.8 has one backend, and no suffix.
    boolean only =
        side.backend() == Backend.LEGACY
            && !isThere(new Side(Backend.NFT, side.ipv4()).program(verb));
    String plain = own.replace("-legacy", "");
    return only && isThere(plain) ? Optional.of(plain) : Optional.empty();
  }

  private static boolean isThere(String program) {
    String path = System.getenv("PATH");
    return Stream.concat(
            Stream.of((path == null ? "" : path).split(":", -1)).filter(it -> !it.isEmpty()),
            SYSTEM.stream())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
