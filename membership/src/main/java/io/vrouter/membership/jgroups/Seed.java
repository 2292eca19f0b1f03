package io.vrouter.membership.jgroups;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where another node may be: an address or a name, and a port.
 *
 * @param host IP literal without brackets, or a name
 * @param port 1 to 65535
 */
public record Seed(String host, int port) {
  private static final Pattern BRACKETED = Pattern.compile("\\[([^\\]]+)](?::(\\d{1,5}))?");
  private static final Pattern PLAIN = Pattern.compile("([^:\\[\\]\\s/]+)(?::(\\d{1,5}))?");

  /** Refuses a port that isn't one. */
  public Seed {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
  }

  /**
   * Reads {@code HOST}, {@code HOST:PORT}, {@code [IPV6]}, {@code [IPV6]:PORT} or a bare IPv6
   * address.
   *
   * @param defaultPort where none is given
   * @throws IllegalArgumentException when it is none of these
   */
  public static Seed parse(String text, int defaultPort) {
    String trimmed = text.strip();
    boolean bareIpv6 = trimmed.matches("[0-9a-fA-F.]*:[0-9a-fA-F:.%]*:[\\w.%:]*");
    if (bareIpv6) {
      return new Seed(trimmed, defaultPort);
    }
    Matcher match = BRACKETED.matcher(trimmed);
    if (!match.matches()) {
      match = PLAIN.matcher(trimmed);
    }
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "seed '" + text + "': HOST, HOST:PORT, [IPV6] or [IPV6]:PORT is allowed");
    }
    String port = match.group(2);
    return new Seed(match.group(1), port == null ? defaultPort : Integer.parseInt(port));
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
