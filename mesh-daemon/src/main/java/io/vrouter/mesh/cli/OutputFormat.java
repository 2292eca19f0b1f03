package io.vrouter.mesh.cli;

import java.util.Locale;

/** The values of {@code -o}. */
enum OutputFormat {
  TABLE,
  /** A table with all columns and nothing shortened. */
  WIDE,
  JSON,
  /** Of {@code test} only. */
  JUNIT,
  YAML;

  /** As typed, and as picocli lists it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
