package io.vrouter.mesh.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A condition that an operator must know of, as {@code meshctl status} prints it.
 *
 * @param code stable and machine-readable, e.g. {@code foreign-device}
 * @param severity whether it makes the host unhealthy
 * @param message what is wrong, naming the value
 * @param fix the next thing to do
 * @param since when it was first seen, by this host's wall clock; display only, null before a view
 *     sets it
 * @param remedies the commands of the fix, in their order; empty when it isn't a matter of commands
 */
public record Problem(
    String code,
    Severity severity,
    String message,
    String fix,
    @Nullable Instant since,
    List<Remedy> remedies) {
  public Problem {
    remedies = List.copyOf(remedies);
  }

  /** The severity of a problem. */
  public enum Severity {
    /**
     * Worth knowing and no fault of this host or mesh: any sender that reaches a port can cause it.
     */
    NOTE,
    /** The mesh works, and an operator should change something. */
    WARNING,
    /** A function doesn't work: the host is unhealthy. */
    ERROR;

    /** The name in answers. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Without commands. */
  public Problem(
      String code, Severity severity, String message, String fix, @Nullable Instant since) {
    this(code, severity, message, fix, since, List.of());
  }

  /** An error. */
  public Problem(String code, String message, String fix) {
    this(code, Severity.ERROR, message, fix, null);
  }

  /** A note. */
  public static Problem note(String code, String message, String fix) {
    return new Problem(code, Severity.NOTE, message, fix, null);
  }

  /** A warning. */
  public static Problem warning(String code, String message, String fix) {
    return new Problem(code, Severity.WARNING, message, fix, null);
  }

  /** Whether the problem makes a host unhealthy. */
  public boolean unhealthy() {
    return severity == Severity.ERROR;
  }

  /** A copy with the time of first sight, to the millisecond. */
  public Problem seen(Instant first) {
    return new Problem(
        code, severity, message, fix, first.truncatedTo(ChronoUnit.MILLIS), remedies);
  }

  /** A copy with the commands of the fix. */
  public Problem with(List<Remedy> commands) {
    return new Problem(code, severity, message, fix, since, commands);
  }
}
