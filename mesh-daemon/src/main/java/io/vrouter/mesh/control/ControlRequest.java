package io.vrouter.mesh.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One command as the client typed it.
 *
 * @param tty whether the client's standard output is a terminal
 * @param columns that terminal's width, 0 when there is none
 * @param noColor whether the client asked for no colours
 */
public record ControlRequest(List<String> argv, boolean tty, int columns, boolean noColor) {
  /** Longest request taken, in bytes of JSON. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_ARGUMENTS = 256;
  private static final int MAX_COLUMNS = 1_000;

  public ControlRequest {
    argv = List.copyOf(argv);
    if (argv.size() > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          argv.size() + " arguments are too many: " + MAX_ARGUMENTS + " at most");
    }
    columns = Math.max(0, Math.min(MAX_COLUMNS, columns));
  }

  /**
   * Reads the JSON form; unknown fields are skipped, so that a newer client is understood.
   *
   * @throws IllegalArgumentException when it isn't such a request
   */
  public static ControlRequest parse(byte[] json) {
    JsonNode root;
    try {
      root = Json.mapper().readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("a request must be a JSON object", e);
    }
    if (root == null || !root.isObject() || !root.path("argv").isArray()) {
      throw new IllegalArgumentException("a request must be a JSON object with an array 'argv'");
    }
    List<String> argv = new ArrayList<>();
    for (JsonNode word : root.path("argv")) {
      if (!word.isTextual()) {
        throw new IllegalArgumentException("'argv' must hold strings only");
      }
      argv.add(word.textValue());
    }
    return new ControlRequest(
        argv,
        root.path("tty").asBoolean(),
        root.path("columns").asInt(),
        root.path("noColor").asBoolean());
  }
}
