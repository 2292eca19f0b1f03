package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.Overlay;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The claims of this host.
 *
 * @param overlays at most one per VNI
 * @param retiring lost or given up addresses that stay on the device for a moment
 * @param subnets the Lamport number of each local network's claim
 * @param contested subnets claimed although another host's claim was known
 */
public record OwnClaims(
    List<Overlay> overlays,
    List<Overlay> retiring,
    Map<Prefix, Long> subnets,
    Set<Prefix> contested) {
  /** No claims. */
  public static final OwnClaims NONE = new OwnClaims(List.of(), List.of(), Map.of(), Set.of());

  public OwnClaims {
    overlays = List.copyOf(overlays);
    retiring = List.copyOf(retiring);
    subnets = Map.copyOf(subnets);
    contested = Set.copyOf(contested);
  }

  /** The claimed address in a VNI. */
  public Optional<Overlay> overlay(Vni vni) {
    return overlays.stream().filter(overlay -> overlay.vni().equals(vni)).findFirst();
  }
}
