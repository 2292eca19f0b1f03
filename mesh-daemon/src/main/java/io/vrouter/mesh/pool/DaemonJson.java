package io.vrouter.mesh.pool;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The engine's configuration file, in which the mesh sets {@code default-address-pools} alone:
 * every other key stays, in its order. IPv6 pools stay, too. Existing IPv4 pools are replaced:
 * subnets from them would not be unique.
 */
public final class DaemonJson {
  /** The key. */
  public static final String POOLS = "default-address-pools";

  // Exact numbers and no duplicate key: the keys that aren't ours must come out as they went in.
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();
  private static final int INDENT = 2;

  private DaemonJson() {}

  /**
   * The result of {@link #merge}.
   *
   * @param text the whole new file
   * @param changed whether the content differs from the former
   * @param replaced the pools that the new file no longer contains, as {@code BASE size N}
   */
  public record Merged(String text, boolean changed, List<String> replaced) {
    public Merged {
      replaced = List.copyOf(replaced);
    }
  }

  /**
   * Puts pools into a configuration.
   *
   * @param existing the file as it is; empty when there is none
   * @param pools at least one
   * @throws PoolException when the file isn't a JSON object or Docker doesn't allow its pools
   */
  public static Merged merge(String existing, List<PoolSubnets.Pool> pools) throws PoolException {
    if (pools.isEmpty()) {
      throw new PoolException(
          "this host has no pool range yet: wait until meshctl status says converged");
    }
    ObjectNode root = parse(existing);
    JsonNode before = root.path(POOLS);
    if (!before.isMissingNode() && !before.isArray()) {
      throw new PoolException(
          "daemon.json: '%s' is not a list but %s".formatted(POOLS, before.toString()));
    }
    ArrayNode entries = entries(pools);
    List<String> replaced = new ArrayList<>();
    for (JsonNode pool : before) {
      if (isIpv6(pool)) {
        entries.add(pool);
      } else if (!contains(entries, pool)) {
        replaced.add(pool.path("base").asText() + " size " + pool.path("size").asText());
      }
    }
    boolean changed = !entries.equals(before);
    root.set(POOLS, entries);
    return new Merged(print(root), changed, replaced);
  }

  /** The pools of a configuration, compared with a host's. */
  public enum Says {
    /** No pool inside the mesh-wide pool. */
    NOTHING,
    /** The host's pools. */
    THE_SAME,
    /** Other pools: the host's ranges or names changed since. */
    OTHERS
  }

  /**
   * Compares a configuration with the pools of a host.
   *
   * @param existing the file as it is; empty when there is none
   * @param pool the mesh-wide pool: pools outside of it aren't ours
   * @param pools the host's pools
   * @throws PoolException when the file isn't a JSON object
   */
  public static Says says(String existing, Prefix pool, List<PoolSubnets.Pool> pools)
      throws PoolException {
    Set<JsonNode> there = new HashSet<>();
    for (JsonNode entry : parse(existing).path(POOLS)) {
      if (isIn(pool, entry.path("base").asText(""))) {
        there.add(entry);
      }
    }
    Set<JsonNode> ours = new HashSet<>();
    entries(pools).forEach(ours::add);
    return there.isEmpty() ? Says.NOTHING : there.equals(ours) ? Says.THE_SAME : Says.OTHERS;
  }

  private static boolean isIn(Prefix pool, String base) {
    try {
      return pool.contains(Prefix.parse(base));
    } catch (IllegalArgumentException e) {
      // Not one of our pools, which have no host bits.
      return false;
    }
  }

  private static boolean contains(ArrayNode entries, JsonNode pool) {
    for (JsonNode entry : entries) {
      if (entry.equals(pool)) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode parse(String existing) throws PoolException {
    if (existing.isBlank()) {
      return JSON.createObjectNode();
    }
    JsonNode root;
    try {
      root = JSON.readTree(existing);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new PoolException(
          "daemon.json is not valid JSON%s: %s; correct it first, it was left as it is"
              .formatted(
                  at == null
                      ? ""
                      : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr()),
                  e.getOriginalMessage()),
          e);
    }
    if (!(root instanceof ObjectNode object)) {
      throw new PoolException("daemon.json is not a JSON object; it was left as it is");
    }
    return object;
  }

  private static boolean isIpv6(JsonNode pool) throws PoolException {
    String base = pool.path("base").asText("");
    int slash = base.indexOf('/');
    if (slash <= 0 || !pool.path("size").isInt()) {
      throw new PoolException(
          "daemon.json: '%s' holds %s, which is no pool: {\"base\": CIDR, \"size\": N}"
              .formatted(POOLS, pool));
    }
    try {
      return Addresses.parse(base.substring(0, slash)).getAddress().length == 16;
    } catch (IllegalArgumentException e) {
      throw new PoolException("daemon.json: '%s': %s".formatted(POOLS, e.getMessage()), e);
    }
  }

  private static ArrayNode entries(List<PoolSubnets.Pool> pools) {
    ArrayNode entries = JSON.createArrayNode();
    for (PoolSubnets.Pool pool : pools) {
      entries.addObject().put("base", pool.base().toString()).put("size", pool.size());
    }
    return entries;
  }

  private static String print(ObjectNode root) {
    DefaultIndenter indenter = new DefaultIndenter(" ".repeat(INDENT), "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory could not be written", e);
    }
  }
}
