package io.vrouter.mesh.config;

import io.vrouter.mesh.model.Addresses;

/**
 * A host to contact first. A name is resolved anew at each contact: its addresses change.
 *
 * @param host an address literal or a name
 * @param port 1 to 65,535
 */
public record Seed(String host, int port) {
  /**
   * Parses {@code HOST[:PORT]}; an IPv6 address with a port is written {@code [ADDRESS]:PORT}.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static Seed parse(String text, int defaultPort) {
    String host = text;
    int port = defaultPort;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      host = end < 0 ? "" : text.substring(1, end);
      String rest = end < 0 ? "" : text.substring(end + 1);
      if (!rest.isEmpty()) {
        port = rest.startsWith(":") ? Ports.parse(rest.substring(1)) : Ports.parse(rest);
      }
      if (host.indexOf(':') < 0) {
        throw refused(text);
      }
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = Ports.parse(text.substring(text.indexOf(':') + 1));
    }
    if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
      Addresses.parse(host);
    } else if (!host.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})")) {
      throw refused(text);
    }
    return new Seed(host, port);
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not a seed: write HOST or HOST:PORT, HOST being an address or a name,"
            + " e.g. 192.168.1.10 or [fd00::1]:7950");
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
