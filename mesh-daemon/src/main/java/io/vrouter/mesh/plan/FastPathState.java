package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Neighbor;
import java.util.List;
import java.util.Set;

/**
 * The fast path as observed, and what its entries follow from besides.
 *
 * @param entries of its maps
 * @param hooks where its programs are
 * @param outdated where programs of another version, or with other maps, are
 * @param neighbors of local networks' bridges
 * @param ports forwarding entries of these bridges
 * @param occupied indexes of devices where another program acts on packets (traffic control), which
 *     the fast path would pass by
 */
public record FastPathState(
    Permit permit,
    Set<FastEntry> entries,
    Set<FastHook> hooks,
    Set<FastHook> outdated,
    List<Neighbor> neighbors,
    List<FdbEntry> ports,
    Set<Integer> occupied) {
  /** No fast path here. */
  public static final FastPathState NONE =
      new FastPathState(Permit.OFF, Set.of(), Set.of(), Set.of(), List.of(), List.of(), Set.of());

  /** Whether the fast path may be used. */
  public enum Permit {
    /** All of it is removed. */
    OFF,
    /** Not known yet: it stays as it is. */
    UNDECIDED,
    ON
  }

  public FastPathState {
    entries = Set.copyOf(entries);
    hooks = Set.copyOf(hooks);
    outdated = Set.copyOf(outdated);
    neighbors = List.copyOf(neighbors);
    ports = List.copyOf(ports);
    occupied = Set.copyOf(occupied);
  }

  /** Whether the object of a step was there. */
  public boolean had(Step.OfFastPath step) {
    if (step instanceof Step.SetFastEntry set) {
      return entries.contains(set.wanted());
    }
    return step instanceof Step.AttachFastPath attach && hooks.contains(attach.hook());
  }
}
