package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.HostRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The desired kernel objects and the desired record of this host: a pure function of {@link
 * PlanInput}.
 *
 * @param record this host's record, to be published
 * @param rejected peers' prefixes without a route, and this host's that are not advertised
 * @param known prefixes that the mesh holds now, and those held back after their withdrawal
 * @param holdings claims that hold: prefixes and overlay addresses, this host's included
 */
public record Desired(
    HostRecord record,
    KernelState kernel,
    Set<Prefix> known,
    Set<Holding> holdings,
    List<Rejected> rejected,
    List<Conflict> conflicts,
    List<Problem> problems) {
  public Desired {
    known = Set.copyOf(known);
    holdings = Set.copyOf(holdings);
    rejected = List.copyOf(rejected);
    conflicts = List.copyOf(conflicts);
    problems = List.copyOf(problems);
  }

  /** A copy with more rejected prefixes. */
  public Desired rejecting(List<Rejected> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Rejected> all = new ArrayList<>(more);
    all.addAll(rejected);
    return new Desired(record, kernel, known, holdings, all, conflicts, problems);
  }

  /** Computes the desired state; the order of peers makes no difference. */
  public static Desired of(PlanInput world) {
    return new DesiredBuilder(world).desired();
  }
}
