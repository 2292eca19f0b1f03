package io.vrouter.mesh.apply;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import java.util.List;

/**
 * The target of {@code SetFirewall} and {@code RemoveFirewall}, {@code OpenForwarding} and {@code
 * CloseForwarding}.
 */
public interface FirewallTarget extends Target {
  /**
   * Whether the firewall in the kernel is the one that the policy makes.
   *
   * @param fresh true to look at the kernel; false when the last look or write may be trusted,
   *     which must then cost nothing
   */
  boolean holds(FirewallPolicy policy, boolean fresh);

  /**
   * Whether another program may have changed rules in nftables since the last look or write here.
   * Cheap.
   */
  boolean rulesChanged();

  /** Whether a firewall of ours is in the kernel, for whatever policy. Looks at the kernel. */
  boolean stands();

  /**
   * Whether forwarding is open in every chain of other programs that would drop it.
   *
   * @param fresh as of {@link #holds}
   */
  boolean isOpen(FirewallPolicy policy, boolean fresh);

  /**
   * Whether a write of this policy to our own table is under way. A policy that differs from the
   * newest one given to a step is not, so that a step hands it over.
   */
  default Observed.TableWrite write(FirewallPolicy policy) {
    return Observed.TableWrite.NONE;
  }

  /**
   * Whether a look or write that was asked for has not ended; a pass follows its end. {@link
   * #isOpen} is true meanwhile, so that no step repeats the request.
   */
  default boolean pending() {
    return false;
  }

  /** Finishes a plan: work that must follow all its other steps. */
  void afterwards();

  /** The problems that the last look found and no step can fix. */
  List<Problem> problems();
}
