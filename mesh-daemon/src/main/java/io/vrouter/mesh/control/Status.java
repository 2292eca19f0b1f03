package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vrouter.mesh.model.Problem;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Answer to {@code status}.
 *
 * @param node this node's id
 * @param healthy whether there are no errors; notes and warnings leave a host healthy
 * @param members count per status, all statuses listed
 * @param converged the last plan was empty against a fresh dump and no pull is outstanding
 */
@JsonPropertyOrder({"apiVersion", "node", "healthy", "problems", "members", "converged"})
public record Status(
    String apiVersion,
    String node,
    boolean healthy,
    List<Problem> problems,
    Map<MemberStatus, Integer> members,
    boolean converged) {
  public Status {
    problems = List.copyOf(problems);
    Map<MemberStatus, Integer> counts = new EnumMap<>(MemberStatus.class);
    for (MemberStatus status : MemberStatus.values()) {
      counts.put(status, members.getOrDefault(status, 0));
    }
    members = Collections.unmodifiableMap(counts);
  }

  /** With the current version; healthy when there are no errors. */
  public Status(
      String node, List<Problem> problems, Map<MemberStatus, Integer> members, boolean converged) {
    this(
        Api.VERSION,
        node,
        problems.stream().noneMatch(Problem::unhealthy),
        problems,
        members,
        converged);
  }

  /** The problems that make the host unhealthy. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::unhealthy).toList();
  }

  /** The problems that leave the host healthy. */
  public List<Problem> notes() {
    return problems.stream().filter(problem -> !problem.unhealthy()).toList();
  }
}
