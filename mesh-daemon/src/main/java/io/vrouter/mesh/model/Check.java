package io.vrouter.mesh.model;

import java.util.List;
import java.util.Locale;

/**
 * The result of one check of the host or of the mesh.
 *
 * @param id for programs, lower case with dashes
 * @param fix the next step, empty when the check passed
 * @param remedies the commands of the fix, in their order; empty when it isn't a matter of commands
 */
public record Check(String id, Result result, String message, String fix, List<Remedy> remedies) {
  public Check {
    remedies = List.copyOf(remedies);
  }

  /** Without commands. */
  public Check(String id, Result result, String message, String fix) {
    this(id, result, message, fix, List.of());
  }

  /** A check that a problem fails. */
  public static Check of(String id, Result result, Problem problem) {
    return new Check(id, result, problem.message(), problem.fix(), problem.remedies());
  }

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
