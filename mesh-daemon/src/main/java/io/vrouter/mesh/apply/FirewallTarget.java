package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.FirewallPolicy;

/** The target of {@code SetFirewall} and {@code RemoveFirewall}. */
public interface FirewallTarget extends Target {
  /**
   * Whether the firewall in the kernel is the one that the policy makes.
   *
   * @param fresh true to look at the kernel; false when the last look or write may be trusted,
   *     which must then cost nothing
   */
  boolean holds(FirewallPolicy policy, boolean fresh);

  /** Whether a firewall of ours is in the kernel, for whatever policy. Looks at the kernel. */
  boolean stands();
}
