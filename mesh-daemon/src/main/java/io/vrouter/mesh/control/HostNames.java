package io.vrouter.mesh.control;

import io.vrouter.membership.Addresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names accepted in a request's Host field: those that a foreign page can't have resolved to
 * this host's address by a DNS of its own (DNS rebinding).
 *
 * @param loopback whether only loopback addresses are served
 * @param host this host's name
 */
record HostNames(boolean loopback, String host) {
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1]|::1)", Pattern.CASE_INSENSITIVE);

  /** The names of this host. */
  static HostNames of(boolean loopback) {
    try {
      return new HostNames(
          loopback, Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    } catch (IOException e) {
      return new HostNames(loopback, "localhost");
    }
  }

  /** Whether the name is accepted; beyond loopback any address, and the host's name with domain. */
  boolean allow(String name) {
    if (LOCAL.matcher(name).matches()) {
      return true;
    }
    return !loopback && (isAddress(name) || isHost(name));
  }

  private boolean isHost(String name) {
    String asked = name.toLowerCase(Locale.ROOT);
    String own = host.toLowerCase(Locale.ROOT);
    return !own.isEmpty() && (asked.equals(own) || asked.startsWith(own + "."));
  }

  private static boolean isAddress(String name) {
    String plain =
        name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    try {
      return !Addresses.parse(plain).isAnyLocalAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return loopback
        ? "localhost or its loopback address"
        : "an address of this host, or its name '" + host + "'";
  }
}
