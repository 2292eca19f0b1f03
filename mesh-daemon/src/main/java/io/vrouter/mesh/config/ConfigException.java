package io.vrouter.mesh.config;

import java.util.List;

/** The configuration can't be used. Lists every fault found, one a line. */
public final class ConfigException extends Exception {
  private final List<String> problems;

  /** At least one problem, each naming the value, its origin and what is allowed. */
  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The faults in the order of the settings. */
  public List<String> problems() {
    return problems;
  }
}
