package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code keys list}; no key is in it.
 *
 * @param epochs newest first; empty before this host has a key
 * @param laggards live members that don't hold the current key, or have not confirmed it yet
 * @param bans one for each host that banned a node
 * @param operator whether the token names an operator's key
 */
@JsonPropertyOrder({"apiVersion", "epochs", "laggards", "bans", "operator"})
public record Keys(
    String apiVersion,
    List<KeyEpoch> epochs,
    List<String> laggards,
    List<BanWord> bans,
    boolean operator) {
  public Keys {
    epochs = List.copyOf(epochs);
    laggards = List.copyOf(laggards);
    bans = List.copyOf(bans);
  }

  /** With the current version. */
  public Keys(List<KeyEpoch> epochs, List<String> laggards, List<BanWord> bans, boolean operator) {
    this(Api.VERSION, epochs, laggards, bans, operator);
  }

  /**
   * An epoch of the mesh.
   *
   * @param number counts rotations from 1
   * @param id of its key, 8 hexadecimal digits; reveals nothing of it
   * @param use {@code current}; {@code overlap}, {@code ending} or {@code return} of a former one
   * @param ageSeconds since it began here; of a former one, since another one took its place
   * @param by the node that made it
   * @param holders the ids of the members that hold it by their own word, this host included
   */
  @JsonPropertyOrder({"number", "id", "use", "ageSeconds", "by", "holders"})
  public record KeyEpoch(
      long number, String id, String use, long ageSeconds, String by, List<String> holders) {
    public KeyEpoch {
      holders = List.copyOf(holders);
    }
  }

  /**
   * One host's ban, or the operator's.
   *
   * @param by the node that signed it; null for the operator's key
   * @param inForce whether the node is out as far as this host is concerned
   */
  @JsonPropertyOrder({"node", "by", "inForce"})
  public record BanWord(String node, @Nullable String by, boolean inForce) {}
}
