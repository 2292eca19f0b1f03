package io.vrouter.mesh.cli;

import java.util.Locale;

/** The values of {@code -o}. */
enum OutputFormat {
  TABLE,
  JSON,
  YAML;

  /** As typed, and as picocli lists it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
