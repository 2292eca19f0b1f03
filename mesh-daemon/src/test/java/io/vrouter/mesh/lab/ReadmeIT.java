package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Spawner;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Flags, variables and commands in the README and the references are those of the programs as they
 * are shipped, all of them.
 */
class ReadmeIT {
  private static final Pattern FLAG = Pattern.compile("`(--[a-z-]+)");
  private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z_]+)[`=]");
  private static final Pattern HELP_FLAG = Pattern.compile("^ +(--[a-z-]+)");

  private static final Pattern COMMAND = Pattern.compile("^\\| `([a-z-]+)");
  private static final Pattern REFERRED = Pattern.compile("^### meshctl ([a-z-]+)");
  private static final Pattern HELP_COMMAND = Pattern.compile("^  ([a-z][a-z-]+) ");

  private final String readme = Lab.read(Lab.ROOT.resolve("README.md"));
  private final String overview = Lab.read(Lab.ROOT.resolve("docs/reference.md"));
  private final String settings =
      table(Lab.read(Lab.ROOT.resolve("docs/reference/configuration.md")), "# Configuration");
  private final String commands = Lab.read(Lab.ROOT.resolve("docs/reference/commands.md"));

  @Test
  void everyFlagAndVariableOfTheTablesExists() {
    String help = help(Lab.MESHD.toString(), "run", "--help");
    String defaults = table(overview, "## Defaults that depend on the host");
    assertThat(found(FLAG, defaults)).isNotEmpty().allMatch(help::contains);
    assertThat(found(FLAG, settings)).isNotEmpty().allMatch(help::contains);
    assertThat(found(VARIABLE, settings)).isNotEmpty().allMatch(help::contains);
  }

  @Test
  void everyCommandOfTheTableExistsAndNoneIsMissing() {
    Set<String> offered = found(HELP_COMMAND, help(Lab.MESHCTL.toString(), "--help"));
    Set<String> referred = found(REFERRED, commands);
    assertThat(referred).hasSizeGreaterThan(20).isEqualTo(offered);
    assertThat(referred).containsAll(found(COMMAND, table(readme, "## Everyday commands")));
  }

  @Test
  void theTableNamesEveryFlagOfTheHelp() {
    Set<String> offered = found(HELP_FLAG, help(Lab.MESHD.toString(), "run", "--help"));
    offered.removeAll(List.of("--help", "--version"));
    assertThat(found(FLAG, settings)).containsAll(offered);
  }

  @Test
  void theReadmeIsShortAndItsLinksLeadSomewhere() {
    assertThat(readme.lines().count()).isLessThanOrEqualTo(200);
    Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(readme);
    Set<String> missing = new TreeSet<>();
    while (link.find()) {
      if (!Files.exists(Lab.ROOT.resolve(link.group(1)))) {
        missing.add(link.group(1));
      }
    }
    assertThat(missing).isEmpty();
  }

  /** The rows of the tables of one section. */
  private static String table(String document, String title) {
    int from = document.indexOf(title);
    assertThat(from).isNotNegative();
    int to = document.indexOf("\n## ", from + title.length());
    String section = document.substring(from, to < 0 ? document.length() : to);
    return String.join("\n", section.lines().filter(line -> line.startsWith("|")).toList());
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> all = new TreeSet<>();
    for (String line : text.lines().toList()) {
      Matcher matcher = pattern.matcher(line);
      while (matcher.find()) {
        all.add(matcher.group(1));
      }
    }
    return all;
  }

  private static String help(String... command) {
    return Spawner.run(Map.of(), List.of(command)).ok().stdout();
  }
}
