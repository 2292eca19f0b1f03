package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/** Answer to {@code subnet claim} and {@code subnet release}. */
@JsonPropertyOrder({"apiVersion", "name", "subnet"})
public record SubnetClaim(String apiVersion, String name, String subnet) {
  /** With the current version. */
  public SubnetClaim(String name, String subnet) {
    this(Api.VERSION, name, subnet);
  }
}
