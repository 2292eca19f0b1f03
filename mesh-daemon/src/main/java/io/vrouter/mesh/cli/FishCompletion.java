package io.vrouter.mesh.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The command line as a completion script of fish(1). Pure. */
final class FishCompletion {
  private FishCompletion() {}

  /** One {@code complete} line for each command and each of its options. */
  static String of(CommandLine root) {
    List<String> lines = new ArrayList<>();
    String name = root.getCommandName();
    lines.add("# completion of " + name + " for fish");
    lines.add("complete -c " + name + " -f");
    commands(lines, name, root, "__fish_use_subcommand", List.of());
    return String.join("\n", lines);
  }

  private static void commands(
      List<String> lines, String name, CommandLine parent, String condition, List<String> path) {
    options(lines, name, parent.getCommandSpec(), path.isEmpty() ? "" : condition(path));
    for (Map.Entry<String, CommandLine> sub : parent.getSubcommands().entrySet()) {
      CommandSpec spec = sub.getValue().getCommandSpec();
      String when =
          path.isEmpty()
              ? condition
              : condition(path)
                  + "; and not __fish_seen_subcommand_from "
                  + String.join(" ", parent.getSubcommands().keySet());
      lines.add(
          "complete -c %s -n %s -a %s -d %s"
              .formatted(name, quoted(when), sub.getKey(), quoted(summary(spec))));
      List<String> deeper = new ArrayList<>(path);
      deeper.add(sub.getKey());
      commands(lines, name, sub.getValue(), condition, deeper);
    }
  }

  private static String condition(List<String> path) {
    return String.join(
        "; and ", path.stream().map(word -> "__fish_seen_subcommand_from " + word).toList());
  }

  private static void options(List<String> lines, String name, CommandSpec spec, String when) {
    for (OptionSpec option : spec.options()) {
      if (option.inherited()) {
        continue;
      }
      StringBuilder line = new StringBuilder("complete -c ").append(name);
      if (!when.isEmpty()) {
        line.append(" -n ").append(quoted(when));
      }
      for (String spelling : option.names()) {
        line.append(spelling.startsWith("--") ? " -l " : " -s ")
            .append(spelling.replaceFirst("^--?", ""));
      }
      if (option.arity().max() > 0) {
        line.append(" -r");
        if (option.type().isEnum()) {
          List<String> values = new ArrayList<>();
          option.completionCandidates().forEach(values::add);
          line.append(" -a ").append(quoted(String.join(" ", values)));
        }
      }
      line.append(" -d ").append(quoted(String.join(" ", option.description())));
      lines.add(line.toString());
    }
  }

  private static String summary(CommandSpec spec) {
    String[] description = spec.usageMessage().description();
    return description.length == 0 ? "" : description[0];
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
