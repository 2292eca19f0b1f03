package io.vrouter.membership;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A host to contact first. A name is resolved anew at each contact: its addresses change.
 *
 * @param host an address literal without brackets, or a name
 * @param port 1 to 65,535
 */
public record Seed(String host, int port) {
  public Seed {
    if (port < 1 || port > 65_535) {
      throw notAPort(String.valueOf(port));
    }
  }

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
        port = port(rest.startsWith(":") ? rest.substring(1) : rest);
      }
      if (host.indexOf(':') < 0) {
        throw refused(text);
      }
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = port(text.substring(text.indexOf(':') + 1));
    }
    Seed seed = new Seed(host, port);
    if (seed.address() == null && !host.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})")) {
      throw refused(text);
    }
    return seed;
  }

  /**
   * The address when the host is a literal, null when it is a name. Nothing is looked up.
   *
   * @throws IllegalArgumentException when the host can be neither
   */
  public @Nullable InetAddress address() {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+") ? Addresses.parse(host) : null;
  }

  private static int port(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      throw notAPort(text);
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException notAPort(String text) {
    return new IllegalArgumentException("'" + text + "' is not a port: 1 to 65535");
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
