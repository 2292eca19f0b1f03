package io.vrouter.mesh.config;

/** Port numbers as text. */
final class Ports {
  private Ports() {}

  static int parse(String text) {
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + text + "' is not a port: 1 to 65535");
    }
    return port;
  }
}
