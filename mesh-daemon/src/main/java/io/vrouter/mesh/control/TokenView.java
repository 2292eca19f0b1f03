package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * Answer to {@code token show}: enough to compare two hosts, useless to join.
 *
 * @param cluster the mesh's name
 * @param fingerprint of the key
 */
@JsonPropertyOrder({"apiVersion", "cluster", "fingerprint"})
public record TokenView(String apiVersion, String cluster, String fingerprint) {
  /** With the current version. */
  public TokenView(String cluster, String fingerprint) {
    this(Api.VERSION, cluster, fingerprint);
  }
}
