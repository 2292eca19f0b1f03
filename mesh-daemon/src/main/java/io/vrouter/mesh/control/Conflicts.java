package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** Answer to {@code conflicts}. */
@JsonPropertyOrder({"apiVersion", "conflicts"})
public record Conflicts(String apiVersion, List<Conflict> conflicts) {
  public Conflicts {
    conflicts = List.copyOf(conflicts);
  }

  /** With the current version. */
  public Conflicts(List<Conflict> conflicts) {
    this(Api.VERSION, conflicts);
  }

  /**
   * Two claims that can't both hold.
   *
   * @param kind {@code prefix}, {@code overlay} or {@code pool}
   * @param claim the loser's claim
   * @param winner the id of the member whose claim holds
   * @param loser the id of the member whose claim doesn't
   * @param message the overlap and why the winner won
   * @param fix the step for the loser's operator
   */
  @JsonPropertyOrder({"kind", "claim", "winner", "loser", "message", "fix"})
  public record Conflict(
      String kind, String claim, String winner, String loser, String message, String fix) {}
}
