package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Answer to {@code doctor}. */
@JsonPropertyOrder({"apiVersion", "checks"})
public record Doctor(String apiVersion, List<Check> checks) {
  public Doctor {
    checks = List.copyOf(checks);
  }

  /** The answer that a command printed as JSON; empty when the text is none. */
  public static Optional<Doctor> parse(String json) {
    try {
      JsonNode doctor = Json.mapper().readTree(json);
      List<Check> checks = new ArrayList<>();
      for (JsonNode check : doctor.path("checks")) {
        List<Remedy> remedies = new ArrayList<>();
        for (JsonNode remedy : check.path("remedies")) {
          remedies.add(new Remedy(text(remedy, "command"), text(remedy, "foreign")));
        }
        checks.add(
            new Check(
                text(check, "id"),
                Check.Result.valueOf(text(check, "result").toUpperCase(Locale.ROOT)),
                text(check, "message"),
                text(check, "fix"),
                remedies));
      }
      return checks.isEmpty() ? Optional.empty() : Optional.of(new Doctor(checks));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }

  /** With the current version. */
  public Doctor(List<Check> checks) {
    this(Api.VERSION, checks);
  }
}
