package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.OwnClaims;
import io.vrouter.mesh.plan.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What outlives the process, and is written only when it changed. */
final class Persisted {
  private final StateStore store;
  private final TreeMap<String, FormerSetting> former = new TreeMap<>();
  private SavedState saved;

  Persisted(StateStore store) {
    this.store = store;
    this.saved = store.load();
    saved.former().forEach(setting -> former.put(setting.device(), setting));
  }

  SavedState loaded() {
    return saved;
  }

  List<FormerSetting> former() {
    return List.copyOf(former.values());
  }

  /** Notes former settings before they are changed; the first one stays. */
  void before(List<Step> steps) {
    for (Step step : steps) {
      if (step instanceof Step.SetForwarding set && set.former() != null) {
        former.putIfAbsent(set.former().device(), set.former());
      }
    }
  }

  /** Forgets settings that were given back. */
  void restored(FormerSetting setting) {
    former.remove(setting.device());
  }

  /** Forgets settings of devices that have gone, and went with them. */
  void gone(Observed observed) {
    if (!observed.interrupted().contains(Observed.Kind.LINK)) {
      former.keySet().removeIf(device -> observed.link(device).isEmpty());
    }
  }

  /** Saves if anything changed; says what went wrong. */
  Optional<Problem> save(OwnClaims claims, long lamport, List<KnownPrefix> known) {
    SavedState state =
        new SavedState(
            lamport, claims.overlays(), claims.subnets(), new ArrayList<>(former.values()), known);
    if (state.equals(saved)) {
      return Optional.empty();
    }
    try {
      store.save(state);
      saved = state;
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          new Problem(
              "state-not-saved",
              "claims and former settings can't be saved: " + e.getMessage(),
              "make room in, or the right to write to, the directory of --state-dir"));
    }
  }
}
