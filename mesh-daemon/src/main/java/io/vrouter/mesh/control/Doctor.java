package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** Answer to {@code doctor}. */
@JsonPropertyOrder({"apiVersion", "checks"})
public record Doctor(String apiVersion, List<Check> checks) {
  public Doctor {
    checks = List.copyOf(checks);
  }

  /** With the current version. */
  public Doctor(List<Check> checks) {
    this(Api.VERSION, checks);
  }

  /**
   * One check.
   *
   * @param id for programs, lower case with dashes
   * @param fix what to do, empty when it passed
   */
  @JsonPropertyOrder({"id", "result", "message", "fix"})
  public record Check(String id, Result result, String message, String fix) {}

  /** How a check ended. */
  public enum Result {
    PASS,
    WARN,
    FAIL;

    /** The name in answers and tables. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
