package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.Overlay;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this host claims.
 *
 * @param overlays at most one per VNI
 * @param retiring lost or given up addresses that stay on the device for a moment
 * @param subnets the Lamport number of each local network's claim
 * @param contested those of the subnets that another was known to claim already
 */
public record OwnClaims(
    List<Overlay> overlays,
    List<Overlay> retiring,
    Map<Prefix, Long> subnets,
    Set<Prefix> contested) {
  /** Nothing claimed. */
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
