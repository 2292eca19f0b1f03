package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a problem when it comes and when it is solved, not at every pass between. */
final class ProblemLog {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemLog.class);

  private Set<Problem> told = Set.of();

  /** Takes the problems of now; each is returned once, in order. */
  List<Problem> told(List<Problem> problems) {
    Set<Problem> now = new LinkedHashSet<>(problems);
    for (Problem problem : now) {
      if (!told.contains(problem)) {
        LOG.warn("{}: {}; {}", problem.code(), problem.message(), problem.fix());
      }
    }
    for (Problem problem : told) {
      if (!now.contains(problem)) {
        LOG.info("solved: {}: {}", problem.code(), problem.message());
      }
    }
    told = now;
    return List.copyOf(now);
  }
}
