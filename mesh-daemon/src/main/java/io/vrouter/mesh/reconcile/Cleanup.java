package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.FastPathLook;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.apply.Target;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.netlink.RtNetlink;
import java.io.IOException;
import java.util.List;

/** Removes the leftovers of a daemon: {@code meshd cleanup}, when none runs. */
public final class Cleanup {
  private Cleanup() {}

  /** The steps that {@link #run} would take. */
  public static Plan plan(RtNetlink netlink, FastPathLook fastPath, StateStore store) {
    Observed observed = new Observer(netlink).observe().with(store.load().former());
    return Planner.cleanup(
        observed.withFastPath(fastPath.look(FirewallPolicy.NONE, observed.links(), false)));
  }

  /**
   * Removes it.
   *
   * @return what became of each step
   * @throws IOException when the restored settings can't be struck from the saved state
   * @throws io.vrouter.netlink.NetlinkException when the kernel can't be asked
   */
  public static <F extends Target & FastPathLook> List<StepOutcome> run(
      RtNetlink netlink, FirewallTarget firewall, F fastPath, StateStore store) throws IOException {
    SavedState saved = store.load();
    List<StepOutcome> outcomes =
        new Applier(firewall, new NetlinkTarget(netlink), fastPath)
            .run(plan(netlink, fastPath, store));
    if (outcomes.stream().allMatch(outcome -> outcome.problem() == null)
        && !(saved.former().isEmpty() && saved.known().isEmpty())) {
      store.save(
          new SavedState(saved.lamport(), saved.overlays(), saved.subnets(), List.of(), List.of()));
    }
    return outcomes;
  }
}
