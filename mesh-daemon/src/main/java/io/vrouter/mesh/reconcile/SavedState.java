package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.record.Overlay;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must outlive the process.
 *
 * @param lamport the highest Lamport number seen or claimed, never lowered; 0 for none
 * @param overlays claimed overlay addresses, used again at the next start
 * @param subnets Lamport number of each local network's claim
 * @param former settings of others' devices before we changed them
 * @param known prefixes the mesh was seen to hold: traffic to them must not leak
 */
public record SavedState(
    long lamport,
    List<Overlay> overlays,
    Map<Prefix, Long> subnets,
    List<FormerSetting> former,
    Set<Prefix> known) {
  /** Nothing saved. */
  public static final SavedState NONE = new SavedState(0, List.of(), Map.of(), List.of(), Set.of());

  public SavedState {
    overlays = List.copyOf(overlays);
    subnets = Map.copyOf(subnets);
    former = List.copyOf(former);
    known = Set.copyOf(known);
  }
}
