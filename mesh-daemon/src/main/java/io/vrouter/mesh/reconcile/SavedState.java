package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.record.Overlay;
import java.util.List;
import java.util.Map;

/**
 * The part of the loop's state that must outlive the process.
 *
 * @param lamport the highest Lamport number seen or claimed, never lowered; 0 for none
 * @param overlays claimed overlay addresses, used again at the next start
 * @param subnets Lamport number of each local network's claim
 * @param former settings of foreign devices before meshd changed them
 * @param known prefixes the mesh holds or held within the last day, by prefix: traffic to them must
 *     not leak
 */
public record SavedState(
    long lamport,
    List<Overlay> overlays,
    Map<Prefix, Long> subnets,
    List<FormerSetting> former,
    List<KnownPrefix> known) {
  /** Nothing saved. */
  public static final SavedState NONE =
      new SavedState(0, List.of(), Map.of(), List.of(), List.of());

  public SavedState {
    overlays = List.copyOf(overlays);
    subnets = Map.copyOf(subnets);
    former = List.copyOf(former);
    known = List.copyOf(known);
  }
}
