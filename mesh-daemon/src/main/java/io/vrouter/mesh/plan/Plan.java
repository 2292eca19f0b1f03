package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Steps in order of execution, additions before deletions.
 *
 * @param problems obstacles that are not changed
 */
public record Plan(List<Step> steps, List<Problem> problems) {
  /** Nothing to do. */
  public static final Plan EMPTY = new Plan(List.of(), List.of());

  public Plan {
    steps = List.copyOf(steps);
    problems = List.copyOf(problems);
  }

  /** Whether the kernel holds what is wanted, as far as that is possible. */
  public boolean isEmpty() {
    return steps.isEmpty();
  }

  /** One line per step; empty when there is none. */
  public String text() {
    return steps.stream().map(step -> step + "\n").collect(Collectors.joining());
  }
}
