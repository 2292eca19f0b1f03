package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.netlink.RtNetlink;
import java.util.List;

/**
 * An agent in the process of its node: the plan is trusted as it is, since code that could forge it
 * could write to the kernel anyway.
 */
public final class LocalAgent implements Agent {
  private final FirewallTarget firewall;
  private final FirewallTarget asked;
  private final Applier applier;

  /** Uses targets and a socket that the owner closes. */
  public LocalAgent(RtNetlink netlink, FirewallTarget firewall, FirewallTarget asked) {
    this.firewall = firewall;
    this.asked = asked;
    this.applier = new Applier(firewall, new NetlinkTarget(netlink));
  }

  @Override
  public FirewallTarget firewall() {
    return firewall;
  }

  @Override
  public FirewallTarget asked() {
    return asked;
  }

  @Override
  public List<StepOutcome> apply(Desired desired, Plan whole, Plan now) {
    return applier.run(now);
  }

  @Override
  public List<StepOutcome> remove(Plan cleanup) {
    return applier.run(cleanup);
  }
}
