package io.vrouter.mesh.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vrouter.membership.Addresses;
import io.vrouter.membership.TrustedFile;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vnis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The file of an {@link AgentPolicy}: a flat YAML mapping of keys to scalars or lists. What it
 * doesn't name stays as the daemon's configuration makes it.
 *
 * <pre>
 * node-user: 65534          # uid of meshd node
 * vnis: [1000, 2000]        # or "any" in the list
 * prefixes: [172.16.0.0/12] # routes lead into these only
 * underlays: [192.0.2.0/24] # peers' underlay addresses are in these only
 * protect: [192.0.2.53]     # addresses that no route covers
 * max-routes: 16384
 * max-peers: 4096
 * lease: 24h                # without a node for so long, its routes and devices go
 * </pre>
 */
public final class AgentPolicyFile {
  private static final int LIMIT = 64 << 10;
  private static final Set<String> KEYS =
      Set.of(
          "node-user",
          "vnis",
          "prefixes",
          "underlays",
          "protect",
          "max-routes",
          "max-peers",
          "lease");

  private AgentPolicyFile() {}

  /**
   * Reads a file.
   *
   * @param base what the file doesn't name
   * @throws IOException naming file, key and what is allowed; also when others than root and this
   *     process's user can write to the file
   */
  public static AgentPolicy read(Path file, AgentPolicy base) throws IOException {
    String text = new String(TrustedFile.read(file, LIMIT), StandardCharsets.UTF_8);
    try {
      return parse(text, base);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": not YAML: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  static AgentPolicy parse(String text, AgentPolicy base) throws IOException {
    Map<String, List<String>> given = mapping(text);
    return new AgentPolicy(
        one(given, "node-user", it -> number(it, 0, Integer.MAX_VALUE), base.user()),
        given.containsKey("vnis") ? Vnis.parse(given.get("vnis")) : base.vnis(),
        base.overlay(),
        base.vxlanPort(),
        base.accept(),
        all(given, "prefixes", Prefix::parse, base.only()),
        base.allow(),
        base.subnets(),
        all(given, "underlays", Prefix::parse, base.underlays()),
        Set.copyOf(all(given, "protect", Addresses::parse, List.copyOf(base.protect()))),
        one(given, "max-routes", it -> number(it, 0, 1_000_000), base.maxRoutes()),
        one(given, "max-peers", it -> number(it, 0, 100_000), base.maxPeers()),
        base.maxKnown(),
        one(given, "lease", it -> Optional.of(duration(it)), base.lease()),
        base.wireguardPort());
  }

  private static Map<String, List<String>> mapping(String text) throws IOException {
    Map<String, List<String>> given = new LinkedHashMap<>();
    try (JsonParser parser = new YAMLFactory().createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return given;
      }
      if (first != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("must be a mapping, one 'key: value' a line");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        if (!KEYS.contains(key)) {
          throw new IllegalArgumentException(
              "'%s' is not a key: known are %s"
                  .formatted(key, KEYS.stream().sorted().collect(Collectors.joining(", "))));
        }
        if (given.put(key, values(parser, key)) != null) {
          throw new IllegalArgumentException("'" + key + "' is there twice");
        }
      }
    }
    return given;
  }

  private static List<String> values(JsonParser parser, String key) throws IOException {
    List<String> values = new ArrayList<>();
    JsonToken token = parser.nextToken();
    if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        values.add(scalar(parser, key));
      }
    } else {
      values.add(scalar(parser, key));
    }
    return values;
  }

  private static String scalar(JsonParser parser, String key) throws IOException {
    if (!parser.currentToken().isScalarValue() || parser.currentToken() == JsonToken.VALUE_NULL) {
      throw new IllegalArgumentException("'" + key + "' takes a value or a list of values");
    }
    return parser.getText();
  }

  private static <T> T one(
      Map<String, List<String>> given, String key, Function<String, T> parse, T otherwise) {
    List<String> values = given.get(key);
    if (values == null) {
      return otherwise;
    }
    if (values.size() != 1) {
      throw new IllegalArgumentException("'" + key + "' takes one value");
    }
    return parsed(key, values.get(0), parse);
  }

  private static <T> List<T> all(
      Map<String, List<String>> given, String key, Function<String, T> parse, List<T> otherwise) {
    List<String> values = given.get(key);
    return values == null
        ? otherwise
        : values.stream().map(value -> parsed(key, value, parse)).toList();
  }

  private static <T> T parsed(String key, String value, Function<String, T> parse) {
    try {
      return parse.apply(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
    }
  }

  private static int number(String text, int least, int most) {
    if (!text.matches("[0-9]{1,9}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException(
          "'%s' is not a number of %d to %d".formatted(text, least, most));
    }
    return Integer.parseInt(text);
  }

  private static Duration duration(String text) {
    if (!text.matches("[0-9]{1,5}[smhd]")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time: a number and s, m, h or d, e.g. 24h");
    }
    long count = Long.parseLong(text.substring(0, text.length() - 1));
    Duration lease =
        switch (text.charAt(text.length() - 1)) {
          case 's' -> Duration.ofSeconds(count);
          case 'm' -> Duration.ofMinutes(count);
          case 'h' -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        };
    if (lease.isZero()) {
      throw new IllegalArgumentException("'" + text + "': a lease lasts a second or more");
    }
    return lease;
  }
}
