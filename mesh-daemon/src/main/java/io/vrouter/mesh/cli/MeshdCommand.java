package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.ConfigException;
import io.vrouter.mesh.config.ConfigFiles;
import io.vrouter.mesh.config.ConfigSources;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.config.Setting;
import io.vrouter.mesh.config.Settings;
import io.vrouter.mesh.control.Version;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code meshd}: its flags are the settings, one for one. */
public final class MeshdCommand {
  private final DaemonFactory daemon;
  private final Map<String, String> environment;
  private final String hostName;
  private final ConfigFiles files;
  private final PrintWriter out;
  private final PrintWriter err;

  /** All dependencies are passed in; data goes to {@code out}, messages to {@code err}. */
  public MeshdCommand(
      DaemonFactory daemon,
      Map<String, String> environment,
      String hostName,
      ConfigFiles files,
      PrintWriter out,
      PrintWriter err) {
    this.daemon = daemon;
    this.environment = Map.copyOf(environment);
    this.hostName = hostName;
    this.files = files;
    this.out = out;
    this.err = err;
  }

  /** Runs the command and returns the exit code: 0 ok, 1 failed, 2 usage or configuration. */
  public int execute(String... args) {
    int code = model().execute(args);
    out.flush();
    err.flush();
    return code;
  }

  /** The commands with all their options, as picocli knows them. */
  CommandLine model() {
    return new CommandLine(new MeshdRoot())
        .addSubcommand(command("run", "Run the daemon in the foreground.", this::run))
        .addSubcommand(
            command(
                "node",
                "Run the half of the daemon that needs no privilege; needs 'meshd agent'.",
                this::node))
        .addSubcommand(
            command(
                "agent",
                "Run the half that writes to the kernel, within a policy of its own.",
                this::agent))
        .addSubcommand(
            command(
                "cleanup",
                "Remove the mesh's state from this host's kernel, while no daemon runs.",
                this::cleanup))
        .addSubcommand(
            command(
                "check",
                "Check whether the daemon could start on this host; changes nothing.",
                this::check))
        .addSubcommand(new PrintVersion(out))
        .setExpandAtFiles(false)
        .setOut(out)
        .setErr(err)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler((e, words) -> usageError(e))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e));
  }

  private int run(CommandSpec spec) throws ConfigException, StartException {
    MeshConfig config = config(spec);
    config.requireStartable();
    return daemon.run(config);
  }

  private int node(CommandSpec spec) throws ConfigException, StartException {
    MeshConfig config = config(spec);
    config.requireStartable();
    return daemon.node(config);
  }

  private int agent(CommandSpec spec) throws ConfigException, StartException {
    return daemon.agent(config(spec));
  }

  private int cleanup(CommandSpec spec) throws ConfigException, StartException {
    return daemon.cleanup(config(spec));
  }

  private int check(CommandSpec spec) throws ConfigException, StartException {
    return daemon.check(config(spec));
  }

  private MeshConfig config(CommandSpec spec) throws ConfigException {
    Map<String, List<String>> flags = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.stringValues().isEmpty() && !option.usageHelp()) {
        flags.put(option.longestName().substring(2), option.stringValues());
      }
    }
    MeshConfig config = MeshConfig.load(new ConfigSources(flags, environment, hostName, files));
    config.warnings().forEach(warning -> err.println("warning: " + Text.safe(warning)));
    err.flush();
    return config;
  }

  private interface Body {
    int run(CommandSpec spec) throws ConfigException, StartException;
  }

  private static CommandLine command(String name, String description, Body body) {
    CommandSpec[] self = new CommandSpec[1];
    Callable<Integer> call = () -> body.run(self[0]);
    CommandSpec spec = CommandSpec.wrapWithoutInspection(call);
    self[0] = spec;
    spec.name(name).mixinStandardHelpOptions(true);
    spec.usageMessage().description(description).sortOptions(false);
    for (Setting<?> setting : Settings.ALL) {
      spec.addOption(option(setting));
    }
    return new CommandLine(spec);
  }

  private static OptionSpec option(Setting<?> setting) {
    String environment =
        setting.equals(Settings.TOKEN_FILE)
            ? Settings.TOKEN_ENVIRONMENT + ", " + String.join(", ", setting.environment())
            : String.join(", ", setting.environment());
    boolean quiet = setting.fallback().isEmpty() || setting.kind() == Setting.Arity.SWITCH;
    OptionSpec.Builder option =
        OptionSpec.builder(setting.flag())
            .description(
                setting.help()
                    + " ("
                    + environment
                    + (quiet ? "" : "; " + setting.fallback())
                    + ")");
    return switch (setting.kind()) {
      case SWITCH ->
          option
              .type(String.class)
              .arity("0..1")
              .fallbackValue("true")
              .paramLabel("true|false")
              .build();
      case VALUE -> option.type(String.class).paramLabel(setting.label()).build();
      case LIST ->
          option.type(List.class).auxiliaryTypes(String.class).paramLabel(setting.label()).build();
    };
  }

  private int usageError(ParameterException e) {
    err.println("error: " + Text.safe(String.valueOf(e.getMessage())));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("fix: see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
    return ExitCode.USAGE;
  }

  private int failed(Exception e) throws Exception {
    if (e instanceof ConfigException config) {
      config.problems().forEach(problem -> err.println("error: " + Text.safe(problem)));
      return ExitCode.USAGE;
    }
    if (e instanceof StartException start) {
      err.println("error: " + Text.safe(String.valueOf(start.getMessage())));
      err.println("fix: " + Text.safe(start.fix()));
      return ExitCode.FAILED;
    }
    throw e;
  }

  @Command(
      name = "meshd",
      description = "Joins this host's containers to the mesh.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionCommand.Provider.class)
  private static final class MeshdRoot implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli fills it in
    MeshdRoot() {}

    @Override
    public Integer call() {
      throw new ParameterException(
          spec.commandLine(), "name a command: run, node, agent, check, cleanup or version");
    }
  }

  @Command(name = "version", description = "The version of meshd.")
  private static final class PrintVersion implements Callable<Integer> {
    private final PrintWriter out;

    PrintVersion(PrintWriter out) {
      this.out = out;
    }

    @Override
    public Integer call() {
      out.println(Version.current());
      return ExitCode.OK;
    }
  }
}
