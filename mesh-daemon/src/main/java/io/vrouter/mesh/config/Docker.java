package io.vrouter.mesh.config;

import java.nio.file.Path;

/**
 * Whether and where to query Docker for networks.
 *
 * @param socket the engine's socket; without meaning when off
 */
public record Docker(Mode mode, Path socket) {
  /** The engine's own default. */
  public static final Path DEFAULT_SOCKET = Path.of("/var/run/docker.sock");

  /** When to query Docker. */
  public enum Mode {
    /** Never. */
    OFF,
    /** When the socket exists, now or later; a missing one is no problem. */
    IF_PRESENT,
    /** Always: a missing socket is a problem. */
    ON
  }

  /**
   * Parses {@code PATH}, {@code unix://PATH} or {@code off}; the empty text means if present.
   *
   * @throws IllegalArgumentException naming the text and the allowed form
   */
  public static Docker parse(String text) {
    if (text.isEmpty()) {
      return new Docker(Mode.IF_PRESENT, DEFAULT_SOCKET);
    }
    if (text.equals("off")) {
      return new Docker(Mode.OFF, DEFAULT_SOCKET);
    }
    String path = text.startsWith("unix://") ? text.substring("unix://".length()) : text;
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a local Docker socket: an absolute PATH, unix://PATH or off");
    }
    return new Docker(Mode.ON, Path.of(path));
  }

  @Override
  public String toString() {
    return mode == Mode.OFF ? "off" : socket + (mode == Mode.IF_PRESENT ? " (if there)" : "");
  }
}
