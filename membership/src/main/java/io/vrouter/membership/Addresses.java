package io.vrouter.membership;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** IP addresses from octets and from literals. The JDK's parser would resolve a name by DNS. */
public final class Addresses {
  private Addresses() {}

  /**
   * The address of 4 or 16 octets in network order.
   *
   * @throws IllegalArgumentException for another number of octets
   */
  public static InetAddress of(byte... octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + octets.length, e);
    }
  }

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

  private static IllegalArgumentException notAnAddress(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException("'" + text + "' is not an IP address", cause);
  }
}
