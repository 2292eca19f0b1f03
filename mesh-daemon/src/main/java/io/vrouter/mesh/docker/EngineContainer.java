package io.vrouter.mesh.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A running container as {@code GET /containers/json} lists it.
 *
 * @param name without the slash before it
 */
record EngineContainer(String name, List<Attachment> attachments) {
  EngineContainer {
    attachments = List.copyOf(attachments);
  }

  /**
   * A network that the container is attached to.
   *
   * @param gateway the IPv4 gateway the network offers; empty when it offers none
   * @param priority {@code gw_priority}, 0 where the engine has no such field
   */
  record Attachment(String network, String gateway, int priority) {}

  /** Reads one element of the list; a missing field, or one of another type, is empty. */
  static EngineContainer of(JsonNode json) {
    List<Attachment> attachments = new ArrayList<>();
    json.path("NetworkSettings")
        .path("Networks")
        .properties()
        .forEach(
            entry ->
                attachments.add(
                    new Attachment(
                        entry.getKey(),
                        entry.getValue().path("Gateway").asText(""),
                        entry.getValue().path("GwPriority").asInt(0))));
    String name = json.path("Names").path(0).asText(json.path("Id").asText(""));
    return new EngineContainer(name.startsWith("/") ? name.substring(1) : name, attachments);
  }
}
