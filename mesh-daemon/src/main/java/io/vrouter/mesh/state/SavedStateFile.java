package io.vrouter.mesh.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.membership.Addresses;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.StateFile;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.reconcile.KnownPrefix;
import io.vrouter.mesh.reconcile.SavedState;
import io.vrouter.mesh.reconcile.StateStore;
import io.vrouter.mesh.record.Overlay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code state.json} in the state directory. An unreadable file is set aside and reported. */
public final class SavedStateFile implements StateStore {
  static final String NAME = "state.json";
  private static final String PREFIX = "prefix";
  private static final String OVERLAY = "overlay";
  private static final String NODE = "node";
  private static final String VNI = "vni";
  private static final String WITHDRAWN = "withdrawnSeconds";
  private static final int LIMIT = 4 << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final StateFile file;
  private volatile Optional<Problem> problem = Optional.empty();

  public SavedStateFile(Path stateDir) {
    this.file = new StateFile(stateDir.resolve(NAME));
  }

  /** The problem of the file at the last load. */
  public Optional<Problem> problem() {
    return problem;
  }

  /** The form on disk: text where an operator may want to read it. */
  private record SavedForm(
      @JsonProperty(required = true) long lamport,
      @JsonProperty(required = true) List<SavedClaim> overlays,
      @JsonProperty(required = true) Map<String, Long> subnets,
      @JsonProperty(required = true) Map<String, Integer> forwarding,
      @JsonProperty(required = true) List<JsonNode> known) {}

  private record SavedClaim(
      @JsonProperty(required = true) int vni,
      @JsonProperty(required = true) String address,
      @JsonProperty(required = true) long lamport) {}

  @Override
  public SavedState load() {
    if (!file.exists()) {
      return SavedState.NONE;
    }
    try {
      SavedForm form = JSON.readValue(file.read(LIMIT), SavedForm.class);
      return new SavedState(
          form.lamport,
          form.overlays.stream()
              .map(it -> new Overlay(new Vni(it.vni), Addresses.parse(it.address), it.lamport))
              .toList(),
          form.subnets.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      it -> Prefix.parse(it.getKey()), Map.Entry<String, Long>::getValue)),
          form.forwarding.entrySet().stream()
              .map(it -> new FormerSetting(it.getKey(), it.getValue()))
              .toList(),
          form.known.stream().map(SavedStateFile::known).toList());
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      problem = Optional.of(aside("holds no state: " + StateFile.firstLine(e)));
    } catch (IOException e) {
      problem = Optional.of(aside("can't be read: " + StateFile.firstLine(e)));
    }
    return SavedState.NONE;
  }

  @Override
  public void save(SavedState state) throws IOException {
    Map<String, Long> subnets = new TreeMap<>();
    state.subnets().forEach((prefix, lamport) -> subnets.put(prefix.toString(), lamport));
    Map<String, Integer> forwarding = new TreeMap<>();
    state.former().forEach(former -> forwarding.put(former.device(), former.forwarding()));
    SavedForm form =
        new SavedForm(
            state.lamport(),
            state.overlays().stream()
                .map(
                    it ->
                        new SavedClaim(
                            it.vni().value(), it.address().getHostAddress(), it.lamport()))
                .toList(),
            subnets,
            forwarding,
            state.known().stream().map(SavedStateFile::known).toList());
    file.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(form));
  }

  /** Earlier versions wrote the prefix alone. */
  private static KnownPrefix known(JsonNode node) {
    if (node.isTextual()) {
      return new KnownPrefix(Prefix.parse(node.textValue()), null, null, 0);
    }
    JsonNode origin = node.path(NODE);
    JsonNode vni = node.path(VNI);
    JsonNode withdrawn = node.path(WITHDRAWN);
    return new KnownPrefix(
        node.path(OVERLAY).asBoolean() ? Conflict.ClaimKind.OVERLAY : Conflict.ClaimKind.PREFIX,
        Prefix.parse(node.path(PREFIX).asText()),
        origin.isMissingNode() ? null : NodeId.parse(origin.asText()),
        vni.isMissingNode() ? null : new Vni(vni.asInt()),
        withdrawn.isMissingNode() ? KnownPrefix.HELD : withdrawn.asLong());
  }

  private static JsonNode known(KnownPrefix known) {
    ObjectNode node = JSON.createObjectNode().put(PREFIX, known.prefix().toString());
    if (known.kind() == Conflict.ClaimKind.OVERLAY) {
      node.put(OVERLAY, true);
    }
    NodeId origin = known.origin();
    if (origin != null) {
      node.put(NODE, origin.toString());
    }
    Vni vni = known.vni();
    if (vni != null) {
      node.put(VNI, vni.value());
    }
    if (known.withdrawnSeconds() != KnownPrefix.HELD) {
      node.put(WITHDRAWN, known.withdrawnSeconds());
    }
    return node;
  }

  private Problem aside(String what) {
    return new Problem(
        "state-corrupt",
        "%s %s; %s".formatted(file.path(), what, file.setAsideIfPossible()),
        "nothing must be done: claims are made anew. Look at the disk if it comes again");
  }
}
