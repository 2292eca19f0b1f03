package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.FastPathLook;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.apply.Target;
import io.vrouter.mesh.apply.TunnelLook;
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
  private final TunnelLook tunnels;
  private final FastPathLook fastPath;
  private final Applier applier;

  /** Uses targets and a socket that the owner closes; without WireGuard and fast path. */
  public LocalAgent(RtNetlink netlink, FirewallTarget firewall, FirewallTarget asked) {
    this(
        firewall,
        asked,
        TunnelLook.NONE,
        FastPathLook.NONE,
        new Applier(firewall, new NetlinkTarget(netlink)));
  }

  /**
   * As above, with the fast path.
   *
   * @param fastPath applies its steps
   */
  public <F extends Target & FastPathLook> LocalAgent(
      RtNetlink netlink, FirewallTarget firewall, FirewallTarget asked, F fastPath) {
    this(
        firewall,
        asked,
        TunnelLook.NONE,
        fastPath,
        new Applier(firewall, new NetlinkTarget(netlink), fastPath));
  }

  /**
   * As above, with WireGuard.
   *
   * @param tunnels applies the steps of WireGuard devices
   */
  public <F extends Target & FastPathLook, T extends Target & TunnelLook> LocalAgent(
      RtNetlink netlink, FirewallTarget firewall, FirewallTarget asked, F fastPath, T tunnels) {
    this(
        firewall,
        asked,
        tunnels,
        fastPath,
        new Applier(firewall, new NetlinkTarget(netlink), fastPath, tunnels));
  }

  private LocalAgent(
      FirewallTarget firewall,
      FirewallTarget asked,
      TunnelLook tunnels,
      FastPathLook fastPath,
      Applier applier) {
    this.firewall = firewall;
    this.asked = asked;
    this.tunnels = tunnels;
    this.fastPath = fastPath;
    this.applier = applier;
  }

  @Override
  public FastPathLook fastPath() {
    return fastPath;
  }

  @Override
  public TunnelLook tunnels() {
    return tunnels;
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
