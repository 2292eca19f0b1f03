package io.vrouter.mesh.config;

import java.util.List;

/**
 * One key of the configuration.
 *
 * @param <T> the type of its value in a {@link MeshConfig}
 * @param key the YAML key; with two dashes before it the flag
 * @param label the placeholder for its value in the flag's help, empty for a switch
 * @param environment variable names; the first one that is set counts
 * @param fallback the default as text, empty when there is none
 * @param help one line for people
 * @param reading makes the value of the given texts
 */
public record Setting<T>(
    String key,
    Arity kind,
    String label,
    List<String> environment,
    String fallback,
    String help,
    ValueReader<T> reading) {
  /** How often a key may be given, and with which values. */
  public enum Arity {
    /** True when named; {@code --key=false} revokes it. */
    SWITCH,
    /** One value. */
    VALUE,
    /** Repeated on the command line, comma-separated in the environment, a list in YAML. */
    LIST
  }

  /** Makes the value of a setting; adds faults to the reader's list instead of throwing. */
  @FunctionalInterface
  interface ValueReader<T> {
    T value(ConfigReader reader, Setting<T> setting);
  }

  public Setting {
    environment = List.copyOf(environment);
  }

  /** The key as a flag. */
  public String flag() {
    return "--" + key;
  }
}
