package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Planner;

/** Desired and observed state, without the kernel's firewall. */
record Situation(Desired desired, Observed observed) {
  /** The plan, with the firewall read anew through the caller's own target. */
  Plan plan(FirewallTarget firewall) {
    FirewallPolicy policy = Planner.firewall(desired, observed);
    return Planner.plan(
        desired,
        observed.with(
            new Observed.Firewall(firewall.holds(policy, true), firewall.isOpen(policy, true))));
  }
}
