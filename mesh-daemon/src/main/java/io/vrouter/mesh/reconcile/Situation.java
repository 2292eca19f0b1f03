package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Planner;

/** Both sides of a plan, the firewall in the kernel excepted. */
record Situation(Desired desired, Observed observed) {
  /** The plan, with a fresh look at the firewall through a target of the caller's own. */
  Plan plan(FirewallTarget firewall) {
    FirewallPolicy policy = Planner.firewall(desired, observed);
    return Planner.plan(
        desired,
        observed.with(
            new Observed.Firewall(firewall.holds(policy, true), firewall.isOpen(policy, true))));
  }
}
