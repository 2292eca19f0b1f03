package io.vrouter.mesh.config;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Parsers of single values; each throws an {@link IllegalArgumentException} that names the text and
 * the allowed form.
 */
final class Parsing {
  /** The kernel's 108 bytes less a NUL and the suffix of the temporary name that is bound first. */
  private static final int MAX_SOCKET_PATH = 103;

  /** RFC 791 section 3.1: the size that every host must accept, in bytes. */
  private static final int MIN_MTU = 576;

  private Parsing() {}

  static boolean onOff(String text) {
    return switch (text) {
      case "on", "true", "yes", "1" -> true;
      case "off", "false", "no", "0" -> false;
      default ->
          throw new IllegalArgumentException("'" + text + "' is not allowed: on/true or off/false");
    };
  }

  static Prefix overlay(String text) {
    Prefix prefix = Prefix.parse(text);
    int most = prefix.isIpv4() ? 30 : 126;
    if (prefix.length() > most || prefix.length() < (prefix.isIpv4() ? 8 : 32)) {
      throw new IllegalArgumentException(
          "'%s' is no overlay subnet: /8 to /30, IPv6 /32 to /126".formatted(text));
    }
    return prefix;
  }

  /** The seed's overlay address was written with its prefix length. */
  static InetAddress overlayAddress(String text, Prefix overlay) {
    String length = "/" + overlay.length();
    String plain =
        text.endsWith(length) ? text.substring(0, text.length() - length.length()) : text;
    InetAddress address = Addresses.parse(plain);
    if (!overlay.contains(address) || address.equals(overlay.address())) {
      throw new IllegalArgumentException(
          "'%s' is no host address of vxlan-subnet %s".formatted(text, overlay));
    }
    return address;
  }

  static String underlay(String text) {
    if (text.indexOf(':') >= 0 || text.matches("[0-9.]+")) {
      return Addresses.parse(text).getHostAddress();
    }
    // dev_valid_name() of the kernel: up to 15 bytes, no slash, colon or white space
    if (text.getBytes(StandardCharsets.UTF_8).length > 15 || !text.matches("[^/:\\s]+")) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither an IP address nor a device name (1 to 15 bytes)");
    }
    return text;
  }

  static InetAddress advertised(String text) {
    InetAddress address = Addresses.parse(text);
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || text.equals("255.255.255.255")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address that other hosts can send to: a global unicast address");
    }
    return address;
  }

  static int mtu(String text) {
    int mtu = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
    if (mtu < MIN_MTU || mtu > 65_535) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an MTU in bytes: " + MIN_MTU + " to 65535");
    }
    return mtu;
  }

  static String nodeName(String text) {
    if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a node name: 1 to 63 letters, digits, dots, dashes, underscores");
    }
    return text;
  }

  static Path path(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the path is not valid: " + e.getReason(), e);
    }
    throw new IllegalArgumentException("'" + text + "' must be an absolute path");
  }

  static Path socket(String text) {
    Path path = path(text);
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
      throw new IllegalArgumentException(
          "'" + text + "' is too long for a UNIX socket: " + MAX_SOCKET_PATH + " bytes at most");
    }
    return path;
  }

  static Optional<Endpoint> http(String text) {
    if (text.equals("off")) {
      return Optional.empty();
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not ADDR:PORT or off, e.g. 127.0.0.1:7979 or [::1]:7979");
    }
    return Optional.of(new Endpoint(Addresses.parse(host), Ports.parse(text.substring(colon + 1))));
  }
}
