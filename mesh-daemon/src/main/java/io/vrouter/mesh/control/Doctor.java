package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vrouter.mesh.model.Check;
import java.util.List;

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
}
