package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** Answer to {@code routes --withdrawn}. */
@JsonPropertyOrder({"apiVersion", "withdrawn"})
public record Withdrawn(String apiVersion, List<WithdrawnPrefix> withdrawn) {
  public Withdrawn {
    withdrawn = List.copyOf(withdrawn);
  }

  /** With the current version. */
  public Withdrawn(List<WithdrawnPrefix> withdrawn) {
    this(Api.VERSION, withdrawn);
  }

  /**
   * A prefix that the mesh held: for a while mesh containers of this host reach it by no other way.
   *
   * @param node the id of the member that had it; empty when an earlier version saved it
   * @param withdrawnSeconds seconds of daemon time since its withdrawal
   * @param remainingSeconds seconds of daemon time until it is released
   */
  @JsonPropertyOrder({"prefix", "node", "withdrawnSeconds", "remainingSeconds"})
  public record WithdrawnPrefix(
      String prefix, String node, long withdrawnSeconds, long remainingSeconds) {}
}
