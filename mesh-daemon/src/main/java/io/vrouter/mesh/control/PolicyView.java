package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code policy show}.
 *
 * @param operator the operator's public key; null without one
 * @param version of the policy in force, 0 for none
 * @param nodes by node id, {@code "*"} for all others last
 */
@JsonPropertyOrder({"apiVersion", "operator", "version", "nodes"})
public record PolicyView(
    String apiVersion, @Nullable String operator, long version, List<GrantedNode> nodes) {
  public PolicyView {
    nodes = List.copyOf(nodes);
  }

  /** With the current version. */
  public PolicyView(@Nullable String operator, long version, List<GrantedNode> nodes) {
    this(Api.VERSION, operator, version, nodes);
  }

  /**
   * What a node may have.
   *
   * @param vnis numbers, or {@code any}
   */
  @JsonPropertyOrder({"node", "prefixes", "vnis"})
  public record GrantedNode(String node, List<String> prefixes, List<String> vnis) {
    public GrantedNode {
      prefixes = List.copyOf(prefixes);
      vnis = List.copyOf(vnis);
    }
  }
}
