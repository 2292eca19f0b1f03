package io.vrouter.mesh.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vrouter.membership.Seed;
import io.vrouter.membership.StateFile;
import io.vrouter.mesh.control.Api;
import io.vrouter.mesh.control.ControlException;
import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code --discovery-file}: a file written by another program names seeds and is never written
 * here; else the members are published there for other programs.
 */
public final class DiscoveryFile {
  private static final int LIMIT = 4 << 20;
  private static final String READABLE = "rw-r--r--";
  private static final List<String> LISTS = List.of("peers", "seeds", "members", "hosts");
  private static final List<String> ADDRESSES =
      List.of("address", "ip", "host", "host_ip", "peer_ip", "underlay");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StateFile file;
  private final boolean theirs;
  private final List<Seed> seeds;
  private volatile Optional<Problem> problem = Optional.empty();
  private @Nullable String written;

  private DiscoveryFile(StateFile file, boolean theirs, List<Seed> seeds) {
    this.file = file;
    this.theirs = theirs;
    this.seeds = List.copyOf(seeds);
  }

  /**
   * Reads the file.
   *
   * @param port of seeds that name none
   * @throws ControlException when another program wrote it and it names no seeds
   */
  public static DiscoveryFile open(Path path, int port) throws ControlException {
    StateFile file = new StateFile(path, READABLE);
    if (!file.exists()) {
      return new DiscoveryFile(file, false, List.of());
    }
    try {
      String text = new String(file.read(LIMIT), StandardCharsets.UTF_8);
      return isOurs(text)
          ? new DiscoveryFile(file, false, List.of())
          : new DiscoveryFile(file, true, seeds(text, port));
    } catch (IOException | IllegalArgumentException e) {
      throw new ControlException(
          "discovery file " + path + ": " + e.getMessage(),
          "write one HOST[:PORT] a line or a JSON list of them, or name a file that isn't there",
          e);
    }
  }

  /** The seeds from another program's file. */
  public List<Seed> seeds() {
    return seeds;
  }

  /** The problem of the last write, if any. */
  public Optional<Problem> problem() {
    return problem;
  }

  /** Writes the members if the file is ours, and only when they changed. On one thread. */
  public void keep(Members members) {
    String text = Json.pretty(members);
    if (theirs || text.equals(written)) {
      return;
    }
    try {
      file.write((text + "\n").getBytes(StandardCharsets.UTF_8));
      written = text;
      problem = Optional.empty();
    } catch (IOException e) {
      problem =
          Optional.of(
              new Problem(
                  "discovery-file",
                  "the members can't be kept in %s: %s".formatted(file.path(), e.getMessage()),
                  "make its directory writable for meshd, or leave --discovery-file out"));
    }
  }

  private static boolean isOurs(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.path("apiVersion").asText().equals(Api.VERSION) && node.path("members").isArray();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  static List<Seed> seeds(String text, int port) {
    List<Seed> seeds = new ArrayList<>();
    String start = text.strip();
    if (start.startsWith("{") || start.startsWith("[")) {
      try {
        collect(JSON.readTree(text), port, seeds);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("is no JSON: " + e.getOriginalMessage(), e);
      }
    } else {
      text.lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .forEach(line -> seeds.add(Seed.parse(line, port)));
    }
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("names no host");
    }
    return seeds;
  }

  private static void collect(JsonNode node, int port, List<Seed> seeds) {
    if (node.isTextual()) {
      seeds.add(Seed.parse(node.asText(), port));
    } else if (node.isArray()) {
      node.forEach(each -> collect(each, port, seeds));
    } else if (node.isObject()) {
      Optional<JsonNode> found =
          LISTS.stream().map(node::path).filter(JsonNode::isContainerNode).findFirst();
      Optional<JsonNode> address =
          ADDRESSES.stream().map(node::path).filter(JsonNode::isTextual).findFirst();
      if (found.isPresent()) {
        found.get().forEach(each -> collect(each, port, seeds));
      } else if (address.isPresent()) {
        collect(address.get(), port, seeds);
      } else {
        throw new IllegalArgumentException(
            "an object in it has none of the keys "
                + String.join(", ", ADDRESSES)
                + " or, for a list, "
                + String.join(", ", LISTS));
      }
    } else {
      throw new IllegalArgumentException("'" + node + "' in it is no host");
    }
  }
}
