package io.vrouter.mesh.config;

import io.vrouter.mesh.config.Setting.Arity;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The texts given for each key, after precedence and before parsing. */
final class RawConfig {
  /** Known variables that are not settings: the log level and the launcher's options. */
  private static final Set<String> OTHER_NAMES = Set.of("MESH_LOG", "MESH_JAVA_OPTS");

  private final ConfigSources sources;
  private final Map<String, Given> given = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private Optional<Path> file = Optional.empty();
  private Optional<Secret> token = Optional.empty();

  private RawConfig(ConfigSources sources) {
    this.sources = sources;
  }

  static RawConfig collect(ConfigSources sources) {
    RawConfig raw = new RawConfig(sources);
    Map<String, Given> yaml = raw.yaml();
    for (Setting<?> setting : Settings.ALL) {
      raw.flagOrEnvironment(setting)
          .or(() -> Optional.ofNullable(yaml.get(setting.key())))
          .ifPresent(value -> raw.given.put(setting.key(), value));
    }
    raw.readToken();
    raw.warnOfUnknownNames();
    return raw;
  }

  /** The texts of a setting: as given, else the default. */
  Given given(Setting<?> setting) {
    Given said = given.get(setting.key());
    if (said != null) {
      return said;
    }
    boolean none = setting.fallback().isEmpty() && !setting.equals(Settings.NODE_NAME);
    return new Given(none ? List.of() : List.of(fallback(setting)), Given.DEFAULT);
  }

  /** The default as text; for the node's name, the host's. */
  String fallback(Setting<?> setting) {
    return setting.equals(Settings.NODE_NAME) ? sources.hostName() : setting.fallback();
  }

  Optional<Path> file() {
    return file;
  }

  Optional<Secret> token() {
    return token;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  List<MeshConfig.SourcedValue> entries() {
    return Settings.ALL.stream()
        .map(
            setting ->
                new MeshConfig.SourcedValue(setting.key(), text(setting), given(setting).origin()))
        .toList();
  }

  private String text(Setting<?> setting) {
    return setting.equals(Settings.CONFIG)
        ? file.map(Path::toString).orElse("")
        : Secret.hidden(String.join(",", given(setting).values()));
  }

  private Optional<Given> flagOrEnvironment(Setting<?> setting) {
    List<String> flags = sources.flags().get(setting.key());
    if (flags != null && !flags.isEmpty()) {
      return Optional.of(new Given(flags, "flag " + setting.flag()));
    }
    for (String name : setting.environment()) {
      String text = environment(name);
      if (!text.isEmpty()) {
        boolean several = setting.kind() == Arity.LIST;
        return Optional.of(
            new Given(several ? commaList(text) : List.of(text), "environment " + name));
      }
    }
    return Optional.empty();
  }

  /** Empty counts as unset: a compose file passes an unset variable on as empty. */
  private String environment(String name) {
    return sources.environment().getOrDefault(name, "").strip();
  }

  private static List<String> commaList(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private Map<String, Given> yaml() {
    Optional<Given> named = flagOrEnvironment(Settings.CONFIG);
    String name = named.map(g -> g.values().get(0)).orElse(MeshConfig.DEFAULT_FILE.toString());
    try {
      Path path = Path.of(name);
      Optional<String> text = sources.files().read(path);
      if (text.isPresent()) {
        file = Optional.of(path);
        YamlFile yaml = YamlFile.parse(name, text.get());
        problems.addAll(yaml.problems());
        return yaml.entries();
      }
      named.ifPresent(
          g -> problems.add("config: there is no file '" + name + "' (from " + g.origin() + ")"));
    } catch (IOException | InvalidPathException e) {
      problems.add("config: '" + name + "' can't be read: " + e.getMessage());
    }
    return Map.of();
  }

  /** {@code --token-file} over the environment's token over its file over the YAML file's. */
  private void readToken() {
    Given source = given.get(Settings.TOKEN_FILE.key());
    boolean flag = source != null && source.origin().startsWith("flag ");
    String direct = environment(Settings.TOKEN_ENVIRONMENT);
    if (!direct.isEmpty() && !flag) {
      token = Optional.of(new Secret(direct));
    } else if (source != null && !source.values().isEmpty()) {
      readTokenFile(source.values().get(0), source.origin());
    }
  }

  private void readTokenFile(String name, String origin) {
    try {
      Optional<String> text =
          name.equals("-")
              ? Optional.of(sources.files().stdin())
              : sources.files().read(Path.of(name));
      String secret = text.map(String::strip).orElse("");
      if (text.isEmpty()) {
        problems.add("token-file: there is no file '" + name + "' (from " + origin + ")");
      } else if (secret.isEmpty()) {
        problems.add("token-file: '" + name + "' is empty (from " + origin + ")");
      } else {
        token = Optional.of(new Secret(secret));
      }
    } catch (IOException | InvalidPathException e) {
      problems.add("token-file: '" + name + "' can't be read: " + e.getMessage());
    }
  }

  private void warnOfUnknownNames() {
    Set<String> known = new TreeSet<>(OTHER_NAMES);
    known.add(Settings.TOKEN_ENVIRONMENT);
    Settings.ALL.forEach(setting -> known.addAll(setting.environment()));
    for (String name : new TreeSet<>(sources.environment().keySet())) {
      if (name.startsWith("MESH_") && !known.contains(name)) {
        warnings.add(
            "environment "
                + name
                + " is not used"
                + Nearest.to(name, known).map(near -> "; did you mean " + near + "?").orElse(""));
      }
    }
  }
}
