package io.vrouter.mesh.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Makes a {@link MeshConfig} from texts; collects all faults before it throws. */
final class ConfigReader {
  private final RawConfig raw;
  private final List<String> problems;
  private final Map<Setting<?>, Object> values = new LinkedHashMap<>();

  ConfigReader(ConfigSources sources) {
    this.raw = RawConfig.collect(sources);
    this.problems = new ArrayList<>(raw.problems());
  }

  MeshConfig read() throws ConfigException {
    Settings.ALL.forEach(this::get);
    if (get(Settings.GOSSIP_PORT).equals(get(Settings.VXLAN_PORT))) {
      problems.add(
          "gossip-port and vxlan-port are both "
              + get(Settings.GOSSIP_PORT)
              + ": two UDP ports are needed");
    }
    if (token().isPresent() && get(Settings.INSECURE)) {
      problems.add("a token and insecure are both given: remove one of them");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new MeshConfig(values, raw.entries(), raw.warnings());
  }

  /** The value of a setting; read at the first call, since one may depend on another. */
  <T> T get(Setting<T> setting) {
    Object known = values.get(setting);
    if (known != null) {
      return MeshConfig.typed(setting, known);
    }
    T value = setting.reading().value(this, setting);
    values.put(setting, value);
    return value;
  }

  Optional<Secret> token() {
    return raw.token();
  }

  Optional<Path> file() {
    return raw.file();
  }

  <T> T one(Setting<T> setting, Function<String, T> parse) {
    Given given = raw.given(setting);
    if (given.values().size() == 1) {
      Optional<T> value = parsed(setting, given, given.values().get(0), parse);
      if (value.isPresent()) {
        return value.get();
      }
    } else if (!given.values().isEmpty()) {
      problems.add(
          given.origin() + ": '" + setting.key() + "' takes one value, not " + given.values());
    }
    return parse.apply(raw.fallback(setting));
  }

  <T> Optional<T> optional(Setting<?> setting, Function<String, T> parse) {
    Given given = raw.given(setting);
    if (given.values().size() > 1) {
      problems.add(
          given.origin() + ": '" + setting.key() + "' takes one value, not " + given.values());
      return Optional.empty();
    }
    return given.values().isEmpty()
        ? Optional.empty()
        : parsed(setting, given, given.values().get(0), parse);
  }

  <T> List<T> list(Setting<?> setting, Function<String, T> parse) {
    Given given = raw.given(setting);
    return given.values().stream()
        .flatMap(text -> parsed(setting, given, text, parse).stream())
        .distinct()
        .toList();
  }

  /** One value of all texts; the default's where the texts are invalid. */
  <T> T all(Setting<T> setting, Function<List<String>, T> parse) {
    Given given = raw.given(setting);
    try {
      return parse.apply(given.values());
    } catch (IllegalArgumentException e) {
      problems.add(setting.key() + ": " + e.getMessage() + " (from " + given.origin() + ")");
      return parse.apply(List.of(raw.fallback(setting)));
    }
  }

  private <T> Optional<T> parsed(
      Setting<?> setting, Given given, String text, Function<String, T> parse) {
    try {
      return Optional.of(parse.apply(text));
    } catch (IllegalArgumentException e) {
      problems.add(setting.key() + ": " + e.getMessage() + " (from " + given.origin() + ")");
      return Optional.empty();
    }
  }
}
