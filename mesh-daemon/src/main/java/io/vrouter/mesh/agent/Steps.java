package io.vrouter.mesh.agent;

import io.vrouter.mesh.plan.Step;

/** Names of steps that mean the same in two processes that planned one after the other. */
final class Steps {
  private Steps() {}

  /**
   * The name of a step: its text, and for the firewall its kind, since a policy may have left out a
   * part of the content.
   */
  static String key(Step step) {
    return step instanceof Step.SetFirewall || step instanceof Step.OpenForwarding
        ? step.getClass().getSimpleName()
        : step.toString();
  }
}
