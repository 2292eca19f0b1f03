package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.FastPathLook;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.apply.TunnelLook;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Plan;
import java.util.List;

/**
 * The half of a daemon that needs CAP_NET_ADMIN, as the other half uses it: in the same process or
 * behind a socket. Called on the reconcile thread, {@link #asked} apart.
 */
public interface Agent {
  /** Looks at the firewall, for the loop. */
  FirewallTarget firewall();

  /** Looks at the firewall with a state of its own, for questions on any one thread at a time. */
  FirewallTarget asked();

  /** Looks at the WireGuard devices; by default there are none. */
  default TunnelLook tunnels() {
    return TunnelLook.NONE;
  }

  /** Looks at the fast path; by default there is none. */
  default FastPathLook fastPath() {
    return FastPathLook.NONE;
  }

  /**
   * Carries out a plan.
   *
   * @param desired the state that the plan leads to; an agent behind a socket is sent this, and
   *     plans by itself
   * @param whole every step to {@code desired}
   * @param now the steps of {@code whole} that are wanted now; the others are left for later
   * @return one outcome per step of {@code now}, in order
   */
  List<StepOutcome> apply(Desired desired, Plan whole, Plan now);

  /**
   * Removes every object of ours.
   *
   * @param cleanup the steps that this takes as far as the caller sees
   * @return the outcomes, in order
   */
  List<StepOutcome> remove(Plan cleanup);
}
