package io.vrouter.mesh.model;

import java.util.Locale;

/**
 * The result of one check of the host or of the mesh.
 *
 * @param id for programs, lower case with dashes
 * @param fix the next step, empty when the check passed
 */
public record Check(String id, Result result, String message, String fix) {
  /** The result of a check. */
  public enum Result {
    PASS,
    WARN,
    FAIL;

    /** The name in answers and tables. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
