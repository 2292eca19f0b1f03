package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Step;
import java.time.Duration;
import java.util.Optional;

/**
 * A data path that an earlier run left is kept whole until the others have told who is there: a
 * restart that knew nobody yet would cut it.
 */
final class Adoption {
  /** How long a restarted daemon waits for the first word of another; then what is seen counts. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private final long until;
  private boolean looked;
  private boolean going;

  Adoption(long now) {
    until = now + PATIENCE.toNanos();
  }

  /**
   * Whether what is there must stay.
   *
   * @param known whether the first exchange with another member is done
   */
  boolean going(Observed observed, boolean known, long now) {
    if (!looked) {
      looked = true;
      going = observed.links().stream().anyMatch(Observed::isOurs);
    }
    going &= !known && now - until < 0;
    return going;
  }

  /** When it ends though nobody was heard; empty when it has. */
  Optional<Long> deadline() {
    return going ? Optional.of(until) : Optional.empty();
  }

  /** The plan without what takes away, and without a narrower firewall. */
  static Plan kept(Plan plan, boolean firewallThere) {
    return new Plan(
        plan.steps().stream()
            .filter(step -> !step.removes())
            .filter(step -> !(narrows(step) && firewallThere))
            .toList(),
        plan.problems());
  }

  private static boolean narrows(Step step) {
    return step instanceof Step.SetFirewall || step instanceof Step.OpenForwarding;
  }
}
