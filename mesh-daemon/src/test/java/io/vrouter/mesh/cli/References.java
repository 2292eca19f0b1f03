package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.ConfigFiles;
import io.vrouter.mesh.config.Setting;
import io.vrouter.mesh.config.Settings;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The references of docs/reference as Markdown, made of the settings and the command lines. */
final class References {
  private static final String MADE =
      "<!-- Made of the program by ReferencesTest: a change by hand is lost. -->\n";

  private References() {}

  /** All settings of {@code meshd}. */
  static String configuration() {
    StringBuilder page =
        new StringBuilder("# Configuration\n\n")
            .append(MADE)
            .append(
                """

                A flag of `meshd run` wins over the environment, that over the YAML file, that over the default. A key of the YAML file is the flag's
                name without the dashes; a key that doesn't exist is an error. `meshctl config show` prints each value with the place it came from.

                | flag | environment | default | meaning |
                |---|---|---|---|
                """);
    for (Setting<?> setting : Settings.ALL) {
      String label = setting.label().isEmpty() ? "" : " " + setting.label();
      page.append(
          "| %s | %s | %s | %s%s |\n"
              .formatted(
                  code(setting.flag() + label),
                  setting.environment().stream()
                      .map(References::code)
                      .collect(Collectors.joining(", ")),
                  setting.fallback().isEmpty() ? "" : code(setting.fallback()),
                  cell(setting.help()),
                  switch (setting.kind()) {
                    case LIST -> "; repeated, a comma list in the environment, a list in YAML";
                    case SWITCH -> "; `%s=false` revokes it".formatted(setting.flag());
                    case VALUE -> "";
                  }));
    }
    return page.append(
            """

            The token itself is never a flag, since the process list would show it: `%s` holds it, or the file of `--token-file`.
            """
                .formatted(Settings.TOKEN_ENVIRONMENT))
        .toString();
  }

  /** All commands of {@code meshctl} and {@code meshd}. */
  static String commands() {
    StringBuilder page =
        new StringBuilder("# Commands\n\n")
            .append(MADE)
            .append(
                """

                Data goes to stdout, messages to stderr. Exit codes: 0 ok, 1 failed or unhealthy, 2 usage, 3 daemon unreachable, 4 timed out, 5
                permission. `--socket` and `-o` stand before or after the command.
                """);
    CommandSpec client = LocalMeshctl.model().getCommandSpec();
    page.append("\n## meshctl\n\n").append(table(client)).append('\n');
    all(client, "meshctl", page);
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandSpec daemon =
        new MeshdCommand(
                new ManPages.NoDaemon(),
                Map.of(),
                "localhost",
                ConfigFiles.system(InputStream.nullInputStream()),
                nowhere,
                nowhere)
            .model()
            .getCommandSpec();
    page.append("\n## meshd\n\nThe flags are the [settings](configuration.md).\n\n");
    daemon
        .subcommands()
        .forEach(
            (name, line) ->
                page.append(
                    "* `meshd %s`: %s\n".formatted(name, description(line.getCommandSpec()))));
    return page.toString();
  }

  private static void all(CommandSpec parent, String words, StringBuilder page) {
    for (Map.Entry<String, CommandLine> entry : parent.subcommands().entrySet()) {
      CommandSpec command = entry.getValue().getCommandSpec();
      if (!entry.getKey().equals(command.name())) {
        continue;
      }
      String whole = words + " " + command.name();
      if (command.subcommands().isEmpty()) {
        page.append(
            "\n### %s\n\n%s\n\n```\n%s\n```\n"
                .formatted(whole, description(command), synopsis(command, whole)));
        String options = table(command);
        page.append(options.isEmpty() ? "" : "\n" + options);
      } else {
        all(command, whole, page);
      }
    }
  }

  private static String synopsis(CommandSpec command, String words) {
    List<String> parts = new ArrayList<>(List.of(words));
    for (OptionSpec option : own(command)) {
      parts.add("[" + named(option) + "]");
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      boolean needed = parameter.arity().min() > 0;
      parts.add(needed ? parameter.paramLabel() : "[" + parameter.paramLabel() + "]");
    }
    return String.join(" ", parts);
  }

  private static String table(CommandSpec command) {
    StringBuilder table = new StringBuilder();
    for (OptionSpec option : own(command)) {
      table.append(
          "| %s | %s |\n"
              .formatted(
                  code(String.join(", ", option.names()) + label(option)), description(option)));
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      table.append("| %s | %s |\n".formatted(code(parameter.paramLabel()), description(parameter)));
    }
    return table.isEmpty() ? "" : "| option | meaning |\n|---|---|\n" + table;
  }

  /** Without those that the root passes on, and the help's. */
  private static List<OptionSpec> own(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.inherited() && !option.hidden())
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .toList();
  }

  private static String named(OptionSpec option) {
    return option.longestName() + label(option);
  }

  private static String label(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    return option.arity().min() == 0 ? "[=" + option.paramLabel() + "]" : " " + option.paramLabel();
  }

  private static String description(CommandSpec command) {
    return cell(String.join(" ", command.usageMessage().description()));
  }

  private static String description(ArgSpec argument) {
    return cell(String.join(" ", argument.description()));
  }

  private static String code(String text) {
    return "`" + cell(text) + "`";
  }

  /** A bar would end the cell; a page of Vue would read an angle bracket as a tag. */
  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("%%", "%").strip();
  }
}
