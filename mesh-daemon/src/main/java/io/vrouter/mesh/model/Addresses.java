package io.vrouter.mesh.model;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** IP address literals. The JDK's parser would ask DNS about anything that is not one. */
public final class Addresses {
  private Addresses() {}

  /**
   * Parses an IPv4 dotted quad or an IPv6 literal without zone.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static InetAddress parse(String text) {
    boolean quad = text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    boolean colons = text.indexOf(':') >= 0 && text.matches("[0-9a-fA-F:.]{2,45}");
    if (quad || colons) {
      try {
        return InetAddress.getByName(text);
      } catch (UnknownHostException e) {
        throw notAnAddress(text, e);
      }
    }
    throw notAnAddress(text, null);
  }

  private static IllegalArgumentException notAnAddress(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException("'" + text + "' is not an IP address", cause);
  }
}
