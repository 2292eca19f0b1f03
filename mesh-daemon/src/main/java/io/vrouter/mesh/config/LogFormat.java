package io.vrouter.mesh.config;

/** Form of the log's lines. */
public enum LogFormat {
  /** For people. */
  TEXT,
  /** One JSON object per line. */
  JSON;

  static LogFormat parse(String text) {
    return switch (text) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default -> throw new IllegalArgumentException("'" + text + "' is not allowed: text or json");
    };
  }
}
