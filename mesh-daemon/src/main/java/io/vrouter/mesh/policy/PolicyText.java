package io.vrouter.mesh.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The text of a policy as operators write it, YAML or JSON (which is YAML): {@code version}, and
 * {@code nodes}, which maps node ids, and {@code "*"} for all others, to {@code prefixes} and
 * {@code vnis}. Strict: an unknown or repeated key, a wrong type or a host bit refuses the whole
 * text.
 */
public final class PolicyText {
  private static final String OTHERS = "*";
  private static final String ANY = "any";
  private static final Set<String> KEYS = Set.of("version", "nodes");
  private static final Set<String> GRANT = Set.of("prefixes", "vnis");

  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private PolicyText() {}

  /**
   * Reads a policy.
   *
   * @throws PolicyException naming the place and what is allowed there
   */
  public static MeshPolicy parse(String text) throws PolicyException {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new PolicyException(
          "%snot YAML or JSON: %s"
              .formatted(
                  e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ",
                  e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
    try {
      return policy(root);
    } catch (IllegalArgumentException e) {
      throw new PolicyException(String.valueOf(e.getMessage()), e);
    }
  }

  private static MeshPolicy policy(JsonNode root) {
    keys(root, "the policy", KEYS);
    JsonNode version = root.path("version");
    if (!version.isIntegralNumber() || !version.canConvertToLong()) {
      throw new IllegalArgumentException(
          "version: '%s' is not a whole number from 1, one more than the last policy's"
              .formatted(version.asText("")));
    }
    JsonNode nodes = root.path("nodes");
    if (!nodes.isObject()) {
      throw new IllegalArgumentException(
          "nodes: must map node ids, and \"*\" for all others, to prefixes and vnis");
    }
    Map<NodeId, Grant> grants = new TreeMap<>();
    Grant others = Grant.NOTHING;
    for (Map.Entry<String, JsonNode> node : nodes.properties()) {
      Grant grant = grant("nodes." + node.getKey(), node.getValue());
      if (node.getKey().equals(OTHERS)) {
        others = grant;
      } else if (grants.put(id(node.getKey()), grant) != null) {
        throw new IllegalArgumentException("nodes." + node.getKey() + ": twice");
      }
    }
    return new MeshPolicy(version.longValue(), grants, others);
  }

  private static NodeId id(String text) {
    try {
      return NodeId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "nodes.%s: not a node id: 32 hexadecimal digits, see 'meshctl members -o wide'; or \"*\""
              .formatted(text),
          e);
    }
  }

  private static Grant grant(String where, JsonNode node) {
    keys(node, where, GRANT);
    List<Prefix> prefixes = new ArrayList<>();
    for (JsonNode prefix : list(node, where, "prefixes")) {
      prefixes.add(
          value(where + ".prefixes", () -> Prefix.parse(text(prefix, where + ".prefixes"))));
    }
    Set<Vni> vnis = new TreeSet<>();
    boolean any = false;
    for (JsonNode vni : list(node, where, "vnis")) {
      if (vni.asText().equals(ANY)) {
        any = true;
      } else {
        vnis.add(value(where + ".vnis", () -> Vni.parse(vni.asText())));
      }
    }
    return new Grant(prefixes, List.copyOf(vnis), any);
  }

  private static JsonNode list(JsonNode node, String where, String key) {
    JsonNode list = node.path(key);
    if (!list.isArray()) {
      throw new IllegalArgumentException("%s.%s: must be a list".formatted(where, key));
    }
    return list;
  }

  private static String text(JsonNode node, String where) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("%s: '%s' is not a CIDR".formatted(where, node));
    }
    return node.textValue();
  }

  private interface Parsed<T> {
    T get();
  }

  private static <T> T value(String where, Parsed<T> parsed) {
    try {
      return parsed.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }

  private static void keys(JsonNode node, String where, Set<String> known) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          "%s: must be a mapping of %s".formatted(where, new TreeSet<>(known)));
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException(
                    "%s: '%s' is no key here: known are %s"
                        .formatted(where, name, new TreeSet<>(known)));
              }
            });
  }
}
