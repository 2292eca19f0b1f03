package io.vrouter.mesh.api;

import io.vrouter.membership.MembershipEvent;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Problem.Severity;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The warnings of membership as problems. Pure. */
public final class GossipProblems {
  /**
   * Warnings that a host without this mesh's token can cause, another mesh on the same LAN
   * included.
   */
  private static final Set<String> BY_STRANGERS = Set.of("wrong-token", "forged-datagram");

  private GossipProblems() {}

  /** One problem for each warning. */
  public static List<Problem> of(Collection<MembershipEvent.Warning> warnings) {
    return warnings.stream()
        .map(
            it ->
                new Problem(
                    it.code(),
                    BY_STRANGERS.contains(it.code()) ? Severity.NOTE : Severity.ERROR,
                    it.message(),
                    it.fix(),
                    null))
        .toList();
  }
}
