package io.vrouter.mesh.config;

import java.util.List;

/**
 * One key of the configuration.
 *
 * @param key the YAML key; with two dashes before it the flag
 * @param label what the flag's help shows as its value, empty for a switch
 * @param environment the names looked up, the first one set wins
 * @param fallback the default as text, empty when there is none
 * @param help one line for people
 */
public record Setting(
    String key, Kind kind, String label, List<String> environment, String fallback, String help) {
  /** How often a key may be given and what it takes. */
  public enum Kind {
    /** True when named; {@code --key=false} takes it back. */
    SWITCH,
    /** One value. */
    VALUE,
    /** Repeated on the command line, comma-separated in the environment, a list in YAML. */
    LIST
  }

  public Setting {
    environment = List.copyOf(environment);
  }

  /** The key as a flag. */
  public String flag() {
    return "--" + key;
  }
}
