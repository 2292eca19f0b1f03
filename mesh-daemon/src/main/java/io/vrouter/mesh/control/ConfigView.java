package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** Answer to {@code config show}. */
@JsonPropertyOrder({"apiVersion", "settings"})
public record ConfigView(String apiVersion, List<Setting> settings) {
  public ConfigView {
    settings = List.copyOf(settings);
  }

  /** With the current version. */
  public ConfigView(List<Setting> settings) {
    this(Api.VERSION, settings);
  }

  /**
   * One key.
   *
   * @param value as text, comma-separated when several, never a secret
   * @param origin flag, environment name, file and line, or default
   */
  @JsonPropertyOrder({"key", "value", "origin"})
  public record Setting(String key, String value, String origin) {}
}
