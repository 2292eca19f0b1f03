package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a problem when it comes and when it is solved, not at every pass between. */
final class ProblemLog {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemLog.class);

  /** Bounds the memory of defects. */
  private static final int DEFECTS = 100;

  private final Set<List<String>> defects = new HashSet<>();
  private Set<Problem> told = Set.of();

  /** Logs an exception with its trace, once for each place it is thrown at. */
  void defect(String what, RuntimeException e) {
    StackTraceElement[] trace = e.getStackTrace();
    List<String> place =
        List.of(e.getClass().getName(), trace.length == 0 ? "" : trace[0].toString());
    if (defects.size() < DEFECTS && defects.add(place)) {
      LOG.error(what, e);
    }
  }

  /** Records the present problems; returns each once, in order. */
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
