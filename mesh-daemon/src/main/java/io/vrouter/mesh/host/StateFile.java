package io.vrouter.mesh.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.mesh.model.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.reconcile.SavedState;
import io.vrouter.mesh.reconcile.StateStore;
import io.vrouter.mesh.record.Overlay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The reconcile loop's state as JSON in the state directory. A file that can't be understood is set
 * aside and reported, and the loop starts with nothing.
 */
public final class StateFile implements StateStore {
  /** The file's name in the state directory. */
  public static final String NAME = "state.json";

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AtomicFiles files;
  private final Consumer<Problem> report;

  /**
   * In a state directory.
   *
   * @param report hears of a file that was set aside or couldn't be read (code {@code state-file})
   */
  public StateFile(AtomicFiles files, Consumer<Problem> report) {
    this.files = files;
    this.report = report;
  }

  @Override
  public SavedState load() {
    try {
      Optional<byte[]> content = files.read(NAME);
      return content.isPresent() ? understood(content.get()) : SavedState.NONE;
    } catch (IOException e) {
      tell(
          "%s can't be read: %s".formatted(files.path(NAME), e),
          "Check the directory's owner and disk; claims are made anew meanwhile");
      return SavedState.NONE;
    }
  }

  private SavedState understood(byte[] content) throws IOException {
    try {
      return decode(content);
    } catch (IllegalArgumentException | JsonProcessingException e) {
      Path aside = files.setAside(NAME);
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      tell(
          "%s can't be understood (%s) and is now %s".formatted(files.path(NAME), why, aside),
          "Nothing needs to be done: claims are made anew; the old file may be deleted");
      return SavedState.NONE;
    }
  }

  private void tell(String message, String fix) {
    report.accept(new Problem("state-file", message, fix));
  }

  @Override
  public void save(SavedState state) throws IOException {
    files.write(NAME, encode(state));
  }

  static byte[] encode(SavedState state) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("version", VERSION);
    root.put("lamport", state.lamport());
    ArrayNode overlays = root.putArray("overlays");
    for (Overlay overlay : state.overlays()) {
      overlays
          .addObject()
          .put("vni", overlay.vni().value())
          .put("address", overlay.address().getHostAddress())
          .put("lamport", overlay.lamport());
    }
    ObjectNode subnets = root.putObject("subnets");
    new TreeMap<>(state.subnets())
        .forEach((prefix, lamport) -> subnets.put(prefix.toString(), lamport));
    ArrayNode former = root.putArray("former");
    for (FormerSetting setting : state.former()) {
      former.addObject().put("device", setting.device()).put("forwarding", setting.forwarding());
    }
    ArrayNode known = root.putArray("known");
    new TreeSet<>(state.known()).forEach(prefix -> known.add(prefix.toString()));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  /**
   * Reads what {@link #encode} wrote. Fields it doesn't know are left out.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static SavedState decode(byte[] content) throws IOException {
    JsonNode root = JSON.readTree(content);
    if (root.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException(
          "version '%s' is not %d".formatted(root.path("version").asText(), VERSION));
    }
    List<Overlay> overlays = new ArrayList<>();
    for (JsonNode overlay : root.path("overlays")) {
      overlays.add(
          new Overlay(
              new Vni(overlay.path("vni").asInt()),
              Addresses.parse(overlay.path("address").asText()),
              number(overlay)));
    }
    Map<Prefix, Long> subnets = new HashMap<>();
    for (Map.Entry<String, JsonNode> subnet : root.path("subnets").properties()) {
      subnets.put(Prefix.parse(subnet.getKey()), number(subnet.getValue()));
    }
    List<FormerSetting> former = new ArrayList<>();
    for (JsonNode setting : root.path("former")) {
      former.add(
          new FormerSetting(setting.path("device").asText(), setting.path("forwarding").asInt()));
    }
    Set<Prefix> known = new HashSet<>();
    for (JsonNode prefix : root.path("known")) {
      known.add(Prefix.parse(prefix.asText()));
    }
    return new SavedState(number(root), overlays, subnets, former, known);
  }

  /** A Lamport number, by itself or as a field. */
  private static long number(JsonNode node) {
    JsonNode number = node.isObject() ? node.path("lamport") : node;
    if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
      throw new IllegalArgumentException(
          "a Lamport number '%s' is not 0 or more".formatted(number.asText()));
    }
    return number.asLong();
  }
}
