package io.vrouter.mesh.cli;

import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.mesh.config.MeshConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps of {@code meshctl up}. Each leaves the host as it was when it fails, and a second run
 * goes on where the first ended.
 */
final class Setup {
  static final Path TOKEN = MeshConfig.DEFAULT_FILE.resolveSibling("token");

  private static final String UNIT = "meshd.service";
  private static final String OWNER = "rw-------";
  private static final String EVERYBODY = "rw-r--r--";

  private final UpHost host;
  private final Session session;
  private final Path programs;
  private final LongSupplier clock;

  /**
   * What the operator wants.
   *
   * @param tokenFile where the mesh's token is, {@code -} for standard input
   * @param fresh whether to make a new mesh
   * @param force whether what exists may be replaced
   */
  record Wish(
      @Nullable Path tokenFile,
      boolean fresh,
      List<String> seeds,
      List<String> subnets,
      boolean force,
      Duration timeout) {
    private boolean configures() {
      return tokenFile != null || fresh || !seeds.isEmpty() || !subnets.isEmpty();
    }
  }

  /**
   * With the host to set up.
   *
   * @param programs the directory of meshd and meshctl
   * @param clock nanoseconds, monotonic
   */
  Setup(UpHost host, Session session, Path programs, LongSupplier clock) {
    this.host = host;
    this.session = session;
    this.programs = programs;
    this.clock = clock;
  }

  /** Runs all steps and returns the exit code. */
  int run(Wish wish) throws CommandException, IOException, InterruptedException {
    if (wish.tokenFile() != null && wish.fresh()) {
      throw new CommandException(
          ExitCode.USAGE, "--token-file and --new exclude each other", "see 'meshctl up --help'");
    }
    if (!host.isRoot()) {
      throw new CommandException(
          ExitCode.PERMISSION, "this writes to /etc and starts a service", "run it as root (sudo)");
    }
    boolean runs = program("meshctl", "status", "-o", "json").exit() != ExitCode.UNREACHABLE;
    boolean configured = isConfigured();
    if (configured && wish.configures() && !wish.force()) {
      throw new CommandException(
          ExitCode.FAILED,
          MeshConfig.DEFAULT_FILE + " has settings already, so nothing was changed",
          "edit it and run 'systemctl restart meshd', run 'meshctl up' without options to start"
              + " with it, or replace it with --force");
    }
    if (!runs) {
      check(wish);
    }
    if (!configured || wish.configures()) {
      configure(wish);
    }
    return start(wish, runs);
  }

  private boolean isConfigured() throws IOException {
    return host.read(MeshConfig.DEFAULT_FILE).stream()
        .flatMap(String::lines)
        .map(String::strip)
        .anyMatch(line -> !line.isEmpty() && !line.startsWith("#"));
  }

  private void check(Wish wish) throws CommandException, IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("check"));
    wish.seeds().forEach(seed -> command.addAll(List.of("--seed", seed)));
    wish.subnets().forEach(subnet -> command.addAll(List.of("--subnet", subnet)));
    UpHost.Ran checked = program("meshd", command.toArray(String[]::new));
    checked.said().lines().forEach(this::tell);
    if (checked.exit() != 0) {
      throw new CommandException(
          checked.exit() == ExitCode.USAGE ? ExitCode.USAGE : ExitCode.FAILED,
          "meshd could not start on this host, so nothing was changed",
          "mend what is named above and run it once more");
    }
  }

  private void configure(Wish wish) throws CommandException, IOException {
    String token = token(wish);
    if (wish.force()) {
      for (Path file : List.of(TOKEN, MeshConfig.DEFAULT_FILE)) {
        if (host.read(file).isPresent()) {
          host.setAside(file);
          tell("kept: " + file + ".old");
        }
      }
    }
    host.write(TOKEN, token + "\n", OWNER);
    tell("written: " + TOKEN);
    host.write(MeshConfig.DEFAULT_FILE, yaml(wish), EVERYBODY);
    tell("written: " + MeshConfig.DEFAULT_FILE);
  }

  private String token(Wish wish) throws CommandException, IOException {
    Path file = wish.tokenFile();
    if (file != null) {
      String given =
          host.read(file)
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.USAGE,
                          "there is no token file " + file,
                          "copy " + TOKEN + " of another host of the mesh to it"));
      return usable(given.strip());
    }
    Optional<String> existing = host.read(TOKEN);
    if (existing.isPresent() && !wish.fresh()) {
      tell("taken: the token in " + TOKEN);
      return usable(existing.get().strip());
    }
    if (existing.isPresent() && !wish.force()) {
      throw new CommandException(
          ExitCode.FAILED,
          TOKEN + " is there already, so nothing was changed",
          "run 'meshctl up' without --new to take it, or with --force to replace it");
    }
    if (!wish.fresh()) {
      String typed =
          host.ask("The token of the mesh to join (empty: make a new mesh): ")
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.USAGE,
                          "there is no token, and no terminal to ask for it",
                          "name another host's token with --token-file FILE, or make a new mesh"
                              + " with --new"))
              .strip();
      if (!typed.isEmpty()) {
        return usable(typed);
      }
    }
    MeshToken made = MeshToken.create(MeshToken.DEFAULT_NAME, List.of(), new SecureRandom());
    tell("made: a new mesh, its token's fingerprint is " + made.fingerprint());
    return made.encode();
  }

  private static String usable(String token) throws CommandException {
    try {
      MeshToken.parse(token);
      return token;
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "that is no token: " + e.getMessage(),
          "copy it whole, or make a new mesh with --new");
    }
  }

  private static String yaml(Wish wish) {
    StringBuilder yaml =
        new StringBuilder(256)
            .append("# Written by 'meshctl up'. Every key is the name of a flag of 'meshd run'.\n")
            .append("token-file: ")
            .append(TOKEN)
            .append('\n');
    list(yaml, "seed", wish.seeds());
    list(yaml, "subnet", wish.subnets());
    return yaml.toString();
  }

  private static void list(StringBuilder yaml, String key, List<String> values) {
    if (!values.isEmpty()) {
      yaml.append(key).append(":\n");
      // The check has refused what is no address, name or prefix: none has a quote.
      values.forEach(value -> yaml.append("  - \"").append(value).append("\"\n"));
    }
  }

  private int start(Wish wish, boolean runs)
      throws CommandException, IOException, InterruptedException {
    if (host.hasSystemd() && host.run(List.of("systemctl", "cat", UNIT)).exit() == 0) {
      systemctl("enable", "--quiet", UNIT);
      systemctl(runs && wish.configures() ? "restart" : "start", UNIT);
    } else if (!runs) {
      tell("there is no systemd here with the unit " + UNIT + ", so start it yourself:");
      tell("  " + programs.resolve("meshd") + " run --keep-dataplane");
      tell("or as a Compose service: see examples/daemon, with " + TOKEN + " as its file token");
      return ExitCode.OK;
    }
    await(wish.timeout());
    tell("");
    tell("On the next host, with this package installed:");
    tell(
        "  scp "
            + TOKEN
            + " root@NEXT:/root/token    # whoever has it is a member: delete the copy");
    tell("  meshctl up --token-file /root/token        # beyond this LAN: with --seed THIS-HOST");
    return ExitCode.OK;
  }

  private void systemctl(String... words)
      throws CommandException, IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("systemctl"));
    command.addAll(List.of(words));
    UpHost.Ran ran = host.run(command);
    if (ran.exit() != 0) {
      ran.said().lines().forEach(this::tell);
      throw new CommandException(
          ExitCode.FAILED,
          String.join(" ", command) + " failed",
          "see 'journalctl -u meshd', mend that and run 'meshctl up' once more");
    }
  }

  private void await(Duration timeout) throws CommandException, IOException, InterruptedException {
    long began = clock.getAsLong();
    UpHost.Ran status = program("meshctl", "status");
    while (status.exit() != ExitCode.OK) {
      if (clock.getAsLong() - began >= timeout.toNanos()) {
        session.out().print(status.said());
        throw new CommandException(
            ExitCode.TIMED_OUT,
            "meshd was started and is not healthy after " + timeout.toSeconds() + " s",
            "see 'meshctl status' and 'journalctl -u meshd'");
      }
      host.pause();
      status = program("meshctl", "status");
    }
    session.out().print(status.said());
  }

  private UpHost.Ran program(String name, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(programs.resolve(name).toString()));
    command.addAll(List.of(words));
    return host.run(command);
  }

  private void tell(String line) {
    session.err().println(line.isEmpty() ? "" : Text.safe(line));
    session.err().flush();
  }
}
