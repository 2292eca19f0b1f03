package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answer to {@code networks}. */
@JsonPropertyOrder({"apiVersion", "networks"})
public record Networks(String apiVersion, List<Network> networks) {
  public Networks {
    networks = List.copyOf(networks);
  }

  /** With the current version. */
  public Networks(List<Network> networks) {
    this(Api.VERSION, networks);
  }

  /**
   * One container network of one host.
   *
   * @param network Docker's name of it, null when it was configured by the operator
   * @param stack the compose project, null when there is none
   * @param node the id of its host
   * @param reason why it is refused, null otherwise
   */
  @JsonPropertyOrder({"prefix", "vni", "network", "stack", "node", "state", "reason"})
  public record Network(
      String prefix,
      int vni,
      @Nullable String network,
      @Nullable String stack,
      String node,
      NetworkState state,
      @Nullable String reason) {}

  /** Its state in the mesh. */
  public enum NetworkState {
    /** Advertised by its host and accepted by this one. */
    ADVERTISED,
    /** Not advertised, or not accepted here: see the reason. */
    REFUSED,
    /** Another member's claim won. */
    CONFLICT;

    /** The name in answers and tables. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
