package io.vrouter.mesh.config;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Seed;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.pool.PoolSituation;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Turns texts into a {@link MeshConfig}; goes on after a fault to tell all of them at once. */
final class ConfigReader {
  /** The kernel's 108 bytes less a NUL and the suffix of the name it is bound under first. */
  private static final int MAX_SOCKET_PATH = 103;

  private final RawConfig raw;
  private final List<String> problems;

  ConfigReader(ConfigSources sources) {
    this.raw = RawConfig.collect(sources);
    this.problems = new ArrayList<>(raw.problems());
  }

  MeshConfig read() throws ConfigException {
    boolean insecure = one(Settings.INSECURE, ConfigReader::onOff);
    int gossipPort = one(Settings.GOSSIP_PORT, Ports::parse);
    int vxlanPort = one(Settings.VXLAN_PORT, Ports::parse);
    Vni vni = one(Settings.VNI, Vni::parse);
    Prefix overlay = one(Settings.VXLAN_SUBNET, ConfigReader::overlay);
    Optional<InetAddress> vxlanIp =
        optional(Settings.VXLAN_IP, text -> overlayAddress(text, overlay));
    MeshConfig config =
        new MeshConfig(
            raw.token(),
            insecure,
            list(Settings.SEED, text -> Seed.parse(text, gossipPort)),
            one(Settings.MULTICAST, ConfigReader::onOff),
            optional(Settings.UNDERLAY, ConfigReader::underlay),
            list(Settings.SUBNET, text -> ConfiguredSubnet.parse(text, vni)),
            list(Settings.ALLOW_PREFIX, Prefix::parse),
            one(Settings.DOCKER, Docker::parse),
            vni,
            overlay,
            vxlanIp,
            vxlanPort,
            gossipPort,
            one(Settings.NODE_NAME, ConfigReader::nodeName),
            one(Settings.STATE_DIR, ConfigReader::path),
            one(Settings.SOCKET, ConfigReader::socket),
            one(Settings.HTTP, ConfigReader::http),
            one(Settings.POOL, text -> PoolSituation.check(Prefix.parse(text))),
            one(Settings.EXPOSE_BY_DEFAULT, ConfigReader::onOff),
            one(Settings.KEEP_DATAPLANE, ConfigReader::onOff),
            one(Settings.ENCRYPTION, Encryption::parse),
            raw.file(),
            optional(Settings.DISCOVERY_FILE, ConfigReader::path),
            raw.entries(),
            raw.warnings());
    if (gossipPort == vxlanPort) {
      problems.add(
          "gossip-port and vxlan-port are both " + gossipPort + ": two UDP ports are needed");
    }
    if (config.token().isPresent() && insecure) {
      problems.add("a token and insecure are both given: take one of them away");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return config;
  }

  private <T> T one(Setting setting, Function<String, T> parse) {
    Given given = raw.given(setting);
    if (given.values().size() == 1) {
      Optional<T> value = parsed(setting, given, given.values().get(0), parse);
      if (value.isPresent()) {
        return value.get();
      }
    } else if (!given.values().isEmpty()) {
      problems.add(
          given.origin() + ": '" + setting.key() + "' takes one value, not " + given.values());
    }
    return parse.apply(raw.fallback(setting));
  }

  private <T> Optional<T> optional(Setting setting, Function<String, T> parse) {
    Given given = raw.given(setting);
    if (given.values().size() > 1) {
      problems.add(
          given.origin() + ": '" + setting.key() + "' takes one value, not " + given.values());
      return Optional.empty();
    }
    return given.values().isEmpty()
        ? Optional.empty()
        : parsed(setting, given, given.values().get(0), parse);
  }

  private <T> List<T> list(Setting setting, Function<String, T> parse) {
    Given given = raw.given(setting);
    return given.values().stream()
        .flatMap(text -> parsed(setting, given, text, parse).stream())
        .distinct()
        .toList();
  }

  private <T> Optional<T> parsed(
      Setting setting, Given given, String text, Function<String, T> parse) {
    try {
      return Optional.of(parse.apply(text));
    } catch (IllegalArgumentException e) {
      problems.add(setting.key() + ": " + e.getMessage() + " (from " + given.origin() + ")");
      return Optional.empty();
    }
  }

  private static boolean onOff(String text) {
    return switch (text) {
      case "on", "true", "yes", "1" -> true;
      case "off", "false", "no", "0" -> false;
      default ->
          throw new IllegalArgumentException("'" + text + "' is not allowed: on/true or off/false");
    };
  }

  private static Prefix overlay(String text) {
    Prefix prefix = Prefix.parse(text);
    int most = prefix.isIpv4() ? 30 : 126;
    if (prefix.length() > most || prefix.length() < (prefix.isIpv4() ? 8 : 32)) {
      throw new IllegalArgumentException(
          "'%s' is no overlay subnet: /8 to /30, IPv6 /32 to /126".formatted(text));
    }
    return prefix;
  }

  /** The seed wrote the overlay address with its prefix length. */
  private static InetAddress overlayAddress(String text, Prefix overlay) {
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

  private static String underlay(String text) {
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

  private static String nodeName(String text) {
    if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a node name: 1 to 63 letters, digits, dots, dashes, underscores");
    }
    return text;
  }

  private static Path path(String text) {
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

  private static Path socket(String text) {
    Path path = path(text);
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
      throw new IllegalArgumentException(
          "'" + text + "' is too long for a UNIX socket: " + MAX_SOCKET_PATH + " bytes at most");
    }
    return path;
  }

  private static Optional<Endpoint> http(String text) {
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
