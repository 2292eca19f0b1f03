package io.vrouter.mesh.cli;

import java.util.Locale;

/** What {@code -o} takes. */
enum OutputFormat {
  TABLE,
  JSON,
  YAML;

  /** How people write it, and picocli lists it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
