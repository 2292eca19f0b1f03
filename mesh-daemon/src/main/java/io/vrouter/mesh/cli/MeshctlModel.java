package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of {@code meshctl} as a picocli model. */
final class MeshctlModel {
  private static final int MIN_WIDTH = 60;
  private static final int DEFAULT_WIDTH = 100;

  /** The commands for read-only users; further checks are the commands' own. */
  private static final Set<String> FOR_READERS =
      Set.of(
          "meshctl",
          "meshctl status",
          "meshctl members",
          "meshctl routes",
          "meshctl networks",
          "meshctl conflicts",
          "meshctl events",
          "meshctl ping",
          "meshctl doctor",
          "meshctl wait",
          "meshctl plan",
          "meshctl docker-pools",
          "meshctl subnet",
          "meshctl token",
          "meshctl token create",
          "meshctl token show",
          "meshctl policy",
          "meshctl policy show",
          "meshctl token list",
          "meshctl keys",
          "meshctl keys list",
          "meshctl config",
          "meshctl config show",
          "meshctl log",
          "meshctl version",
          "meshctl completion");

  private MeshctlModel() {}

  /**
   * Runs the words and returns the exit code.
   *
   * @throws InterruptedException when the command was cancelled
   */
  static int execute(Session session, List<String> argv) throws InterruptedException {
    int code = of(session).execute(argv.toArray(String[]::new));
    if (Thread.interrupted()) {
      throw new InterruptedException("the command was cancelled");
    }
    return code;
  }

  static CommandLine of(Session session) {
    CommandLine line =
        new CommandLine(new MeshctlRoot(session))
            .addSubcommand(new StatusCommand(session))
            .addSubcommand(new MembersCommand(session))
            .addSubcommand(new RoutesCommand(session))
            .addSubcommand(new NetworksCommand(session))
            .addSubcommand(new ConflictsCommand(session))
            .addSubcommand(new EventsCommand(session))
            .addSubcommand(new PingCommand(session))
            .addSubcommand(new DoctorCommand(session))
            .addSubcommand(new TestCommand(session))
            .addSubcommand(new WaitCommand(session))
            .addSubcommand(new PlanCommand(session))
            .addSubcommand(new LeaveCommand(session))
            .addSubcommand(new ForgetCommand(session))
            .addSubcommand(new DockerPoolsCommand(session))
            .addSubcommand(
                new CommandLine(new SubnetGroup())
                    .addSubcommand(new SubnetCommands.ClaimCommand(session))
                    .addSubcommand(new SubnetCommands.ReleaseCommand(session)))
            .addSubcommand(
                new CommandLine(new EncryptionGroup())
                    .addSubcommand(new EncryptionRotateCommand(session)))
            .addSubcommand(
                new CommandLine(new TokenGroup())
                    .addSubcommand(new TokenCommands.Create(session))
                    .addSubcommand(new TokenCommands.Show(session))
                    .addSubcommand(new TokenCommands.TokenList(session))
                    .addSubcommand(new TokenCommands.TokenRevocation(session)))
            .addSubcommand(
                new CommandLine(new KeysGroup())
                    .addSubcommand(new KeysCommands.KeyList(session))
                    .addSubcommand(new KeysCommands.KeyRotation(session)))
            .addSubcommand(
                new CommandLine(new PolicyGroup())
                    .addSubcommand(new PolicyCommands.Sign(session))
                    .addSubcommand(new PolicyCommands.PolicyApplication(session))
                    .addSubcommand(new PolicyCommands.PolicyListing(session))
                    .addSubcommand(
                        new CommandLine(new PolicyKeyGroup())
                            .addSubcommand(new PolicyCommands.CreateKey(session))))
            .addSubcommand(
                new CommandLine(new ConfigGroup()).addSubcommand(new ConfigShowCommand(session)))
            .addSubcommand(new LogCommand(session))
            .addSubcommand(new ReportCommand(session))
            .addSubcommand(new VersionCommand(session))
            .addSubcommand(new CompletionCommand(session))
            .addSubcommand(new UpCommand(session));
    int columns = session.console().columns();
    // The words come from another process and this one is root: no word names a file to read.
    return line.setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(parsed -> allowed(session, parsed))
        .setOut(session.out())
        .setErr(session.err())
        .setColorScheme(
            Help.defaultColorScheme(session.console().colors() ? Help.Ansi.ON : Help.Ansi.OFF))
        .setUsageHelpWidth(columns == 0 ? DEFAULT_WIDTH : Math.max(MIN_WIDTH, columns))
        .setParameterExceptionHandler((e, args) -> usageError(session, e))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(session, e));
  }

  private static int allowed(Session session, ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    if (!session.console().caller().mayWrite()
        && !FOR_READERS.contains(last.commandSpec().qualifiedName())
        && !last.isUsageHelpRequested()) {
      CommandException refusal = session.readsOnly();
      session.complain(String.valueOf(refusal.getMessage()), refusal.fix());
      return refusal.exitCode();
    }
    if (session.format() == OutputFormat.JUNIT
        && !last.commandSpec().qualifiedName().equals("meshctl test")) {
      session.complain("-o junit is for 'meshctl test'", "take json or yaml");
      return ExitCode.USAGE;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int usageError(Session session, ParameterException e) {
    CommandLine command = e.getCommandLine();
    session.err().println("error: " + Text.safe(String.valueOf(e.getMessage())));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, session.err());
    session.err().println("fix: see '" + command.getCommandSpec().qualifiedName() + " --help'");
    return ExitCode.USAGE;
  }

  private static int failed(Session session, Exception e) throws Exception {
    if (e instanceof CommandException known) {
      session.complain(String.valueOf(known.getMessage()), known.fix());
      return known.exitCode();
    }
    if (e instanceof MeshApiException known) {
      Problem problem = known.problem();
      session.complain(problem.message() + " (" + problem.code() + ")", problem.fix());
      return ExitCode.FAILED;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
    throw e;
  }

  /** The options every command takes, before or after its name. */
  @Command(
      name = "meshctl",
      description = "Shows and steers the mesh of this host.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionCommand.Provider.class,
      scope = ScopeType.INHERIT,
      sortOptions = false,
      footer = {
        "",
        "Exit codes: 0 ok, 1 failed or unhealthy, 2 usage, 3 daemon unreachable, 4 timed out,"
            + " 5 permission."
      })
  static final class MeshctlRoot implements Callable<Integer> {
    private final Session session;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli fills it in
    MeshctlRoot(Session session) {
      this.session = session;
    }

    @Option(
        names = {"-o", "--output"},
        scope = ScopeType.INHERIT,
        paramLabel = "FORMAT",
        description = "table (default), wide, json or yaml; junit for test")
    void format(OutputFormat format) {
      session.format(format);
    }

    @Option(
        names = "--socket",
        scope = ScopeType.INHERIT,
        paramLabel = "PATH",
        description = "control socket of meshd (MESH_SOCKET; /run/vrouter/mesh.sock)")
    @SuppressWarnings("UnusedVariable") // for the help and to be accepted: the client has connected
    private @Nullable String socket; // a field, since the order of methods differs from run to run

    @Override
    public Integer call() {
      throw new ParameterException(spec.commandLine(), "name a command");
    }
  }

  private abstract static class CommandGroup implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli fills it in
    CommandGroup() {}

    @Override
    public Integer call() {
      throw new ParameterException(
          spec.commandLine(), "name one of " + String.join(", ", spec.subcommands().keySet()));
    }
  }

  @Command(name = "encryption", description = "What encrypts the containers' traffic.")
  private static final class EncryptionGroup extends CommandGroup {}

  @Command(name = "subnet", description = "Subnets of this host's ranges, by name.")
  private static final class SubnetGroup extends CommandGroup {}

  @Command(name = "keys", description = "The epochs of the mesh's key.")
  private static final class KeysGroup extends CommandGroup {}

  @Command(name = "token", description = "Create, list, compare or revoke tokens.")
  private static final class TokenGroup extends CommandGroup {}

  @Command(name = "policy", description = "What each host may have, by the operator's signed word.")
  private static final class PolicyGroup extends CommandGroup {}

  @Command(name = "key", description = "The operator's key.")
  private static final class PolicyKeyGroup extends CommandGroup {}

  @Command(name = "config", description = "The configuration in force.")
  private static final class ConfigGroup extends CommandGroup {}
}
