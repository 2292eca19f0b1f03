package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** Answer to {@code routes --withdrawn}. */
@JsonPropertyOrder({"apiVersion", "withdrawn"})
public record Withdrawn(String apiVersion, List<Prefix> withdrawn) {
  public Withdrawn {
    withdrawn = List.copyOf(withdrawn);
  }

  /** With the current version. */
  public Withdrawn(List<Prefix> withdrawn) {
    this(Api.VERSION, withdrawn);
  }

  /**
   * A prefix that the mesh held: mesh containers of this host reach it by no other way for a while.
   *
   * @param node the id of the member that had it; empty when an earlier version saved it
   * @param withdrawnSeconds since its withdrawal, in time that the daemon ran
   * @param remainingSeconds until it is let go, in time that the daemon runs
   */
  @JsonPropertyOrder({"prefix", "node", "withdrawnSeconds", "remainingSeconds"})
  public record Prefix(String prefix, String node, long withdrawnSeconds, long remainingSeconds) {}
}
