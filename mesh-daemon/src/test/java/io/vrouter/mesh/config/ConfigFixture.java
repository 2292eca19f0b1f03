package io.vrouter.mesh.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sources in memory. */
public final class ConfigFixture {
  final Map<String, List<String>> flags = new HashMap<>();
  final Map<String, String> environment = new HashMap<>();
  final Map<Path, String> files = new HashMap<>();
  String stdin = "";

  public ConfigFixture flag(String key, String value) {
    flags.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
    return this;
  }

  ConfigFixture env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public ConfigFixture file(String path, String text) {
    files.put(Path.of(path), text);
    return this;
  }

  ConfigFixture yaml(String text) {
    return file(MeshConfig.DEFAULT_FILE.toString(), text);
  }

  public MeshConfig load() throws ConfigException {
    ConfigFiles reader =
        new ConfigFiles() {
          @Override
          public Optional<String> read(Path file) throws IOException {
            if (file.toString().endsWith("unreadable")) {
              throw new IOException("Permission denied");
            }
            return Optional.ofNullable(files.get(file));
          }

          @Override
          public String stdin() {
            return stdin;
          }
        };
    return MeshConfig.load(new ConfigSources(flags, environment, "host7", reader));
  }

  List<String> problems() {
    try {
      load();
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    }
  }
}
