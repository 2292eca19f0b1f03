package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.OwnClaims;
import io.vrouter.mesh.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** State that outlives the process, written only when changed. */
final class Persisted {
  private final StateWriter writer;
  private final TreeMap<String, FormerSetting> former = new TreeMap<>();

  Persisted(StateWriter writer) {
    this.writer = writer;
    writer.loaded().former().forEach(setting -> former.put(setting.device(), setting));
  }

  SavedState loaded() {
    return writer.loaded();
  }

  List<FormerSetting> former() {
    return List.copyOf(former.values());
  }

  /** Records former settings before they are changed; the first one stays. */
  void before(List<Step> steps) {
    for (Step step : steps) {
      if (step instanceof Step.SetForwarding set && set.former() != null) {
        former.putIfAbsent(set.former().device(), set.former());
      }
    }
  }

  /** Forgets settings that were restored. */
  void restored(FormerSetting setting) {
    former.remove(setting.device());
  }

  /** Forgets settings of devices that are gone: the settings went with them. */
  void gone(Observed observed) {
    if (!observed.interrupted().contains(Observed.DumpKind.LINK)) {
      former.keySet().removeIf(device -> observed.link(device).isEmpty());
    }
  }

  /** Saves the state if anything changed. */
  void save(OwnClaims claims, long lamport, List<KnownPrefix> known) {
    writer.write(
        new SavedState(
            lamport, claims.overlays(), claims.subnets(), new ArrayList<>(former.values()), known));
  }

  /** Why the state could not be written the last time. */
  Optional<Problem> problem() {
    return writer.problem();
  }

  /** Whether the claims of the last {@link #save} outlive the process, and may be published. */
  boolean mayTell() {
    return writer.mayTell();
  }
}
