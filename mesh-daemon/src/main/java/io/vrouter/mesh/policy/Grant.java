package io.vrouter.mesh.policy;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.util.List;
import java.util.TreeSet;

/**
 * What a node may have.
 *
 * @param prefixes it may advertise these and any part of one
 * @param vnis it may take part in these
 * @param anyVni it may take part in every VNI
 */
public record Grant(List<Prefix> prefixes, List<Vni> vnis, boolean anyVni) {
  /** Nothing. */
  public static final Grant NOTHING = new Grant(List.of(), List.of(), false);

  public Grant {
    prefixes = List.copyOf(new TreeSet<>(prefixes));
    vnis = List.copyOf(new TreeSet<>(vnis));
  }

  /** Whether the node may take part in the VNI. */
  public boolean allows(Vni vni) {
    return anyVni || vnis.contains(vni);
  }

  /** Whether the node may have the prefix in the VNI. */
  public boolean allows(Prefix prefix, Vni vni) {
    return allows(vni) && prefixes.stream().anyMatch(it -> it.contains(prefix));
  }

  /** As operators read it. */
  @Override
  public String toString() {
    return "prefixes %s in VNIs %s"
        .formatted(prefixes.isEmpty() ? "none" : prefixes, anyVni ? "any" : vnis);
  }
}
