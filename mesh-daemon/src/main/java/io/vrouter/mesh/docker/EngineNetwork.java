package io.vrouter.mesh.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as the Engine API lists it (GET /networks), reduced to what decides here. Texts are the
 * engine's own, unchecked.
 *
 * @param ipv4 whether IPv4 is on in it; Docker before 28 has no such field and always has IPv4 on
 * @param ipv6 whether IPv6 is on in it; without it an IPv6 subnet is never used
 * @param options the driver's, e.g. {@code com.docker.network.bridge.name}
 */
record EngineNetwork(
    String id,
    String name,
    String driver,
    String scope,
    boolean internal,
    boolean ipv4,
    boolean ipv6,
    Map<String, String> labels,
    Map<String, String> options,
    List<Ipam> ipam) {
  EngineNetwork {
    labels = Map.copyOf(labels);
    options = Map.copyOf(options);
    ipam = List.copyOf(ipam);
  }

  /**
   * An entry of {@code IPAM.Config}.
   *
   * @param range the part that addresses come from; empty for all of the subnet
   * @param gateway empty when the engine returns none: until its next start, for a subnet
   *     configured without a gateway; some versions append a prefix length
   */
  record Ipam(String subnet, String range, String gateway) {}

  /** Reads one element of the list; a missing field, or one of another type, is empty. */
  static EngineNetwork of(JsonNode json) {
    List<Ipam> ipam = new ArrayList<>();
    for (JsonNode entry : json.path("IPAM").path("Config")) {
      ipam.add(
          new Ipam(
              entry.path("Subnet").asText(""),
              entry.path("IPRange").asText(""),
              entry.path("Gateway").asText("")));
    }
    return new EngineNetwork(
        json.path("Id").asText(""),
        json.path("Name").asText(""),
        json.path("Driver").asText(""),
        json.path("Scope").asText(""),
        json.path("Internal").asBoolean(false),
        json.path("EnableIPv4").asBoolean(true),
        json.path("EnableIPv6").asBoolean(false),
        texts(json.path("Labels")),
        texts(json.path("Options")),
        ipam);
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new HashMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText("")));
    return texts;
  }
}
