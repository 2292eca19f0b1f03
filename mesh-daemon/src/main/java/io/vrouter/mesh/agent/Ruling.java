package io.vrouter.mesh.agent;

import io.vrouter.mesh.plan.KernelState;
import java.util.List;

/**
 * A state after the policy.
 *
 * @param state the part that is allowed
 * @param refusals of the rest, at most {@link #LISTED}
 */
record Ruling(KernelState state, List<Refusal> refusals) {
  /** Most refusals in one reply. */
  static final int LISTED = 256;

  Ruling {
    refusals = List.copyOf(refusals);
  }

  /**
   * A refused object.
   *
   * @param object as {@link io.vrouter.mesh.plan.Step#object} names it
   */
  record Refusal(String object, String reason) {}
}
