package io.vrouter.mesh.config;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;

/** A container subnet of this host that the operator configured. */
public record ConfiguredSubnet(Prefix prefix, Vni vni) {
  /**
   * Parses {@code CIDR[@VNI]}.
   *
   * @throws IllegalArgumentException naming the text and the allowed form
   */
  public static ConfiguredSubnet parse(String text, Vni defaultVni) {
    int at = text.indexOf('@');
    return at < 0
        ? new ConfiguredSubnet(Prefix.parse(text), defaultVni)
        : new ConfiguredSubnet(
            Prefix.parse(text.substring(0, at)), Vni.parse(text.substring(at + 1)));
  }

  @Override
  public String toString() {
    return prefix + "@" + vni;
  }
}
