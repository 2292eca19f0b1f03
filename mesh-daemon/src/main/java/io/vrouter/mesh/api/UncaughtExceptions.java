package io.vrouter.mesh.api;

import io.vrouter.membership.Defects;
import io.vrouter.mesh.model.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Defects of this program: threads that ended by an exception, and exceptions after which a thread
 * went on ({@link Defects}). Each is logged and is a problem from then on.
 */
public final class UncaughtExceptions implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(UncaughtExceptions.class);

  /** Bounds the memory. */
  private static final int MOST = 20;

  private final Map<String, Problem> problems = new LinkedHashMap<>();

  public UncaughtExceptions() {}

  @Override
  public synchronized void uncaughtException(Thread thread, Throwable e) {
    LOG.error("the thread {} has ended", thread.getName(), e);
    if (problems.size() < MOST) {
      problems.put(
          thread.getName(),
          new Problem(
              "thread-ended",
              "the thread '%s' was ended by a defect: %s".formatted(thread.getName(), e),
              "restart meshd, which keeps the data path up, and report it with 'meshctl report'"));
    }
  }

  /** One problem for each such thread, and for each place that met a defect. */
  public synchronized List<Problem> problems() {
    List<Problem> all = new ArrayList<>(problems.values());
    Defects.newest()
        .forEach(
            (place, what) ->
                all.add(
                    Problem.warning(
                        "defect",
                        place + ": a defect of meshd, which went on: " + what,
                        "report it with 'meshctl report'; a restart of meshd keeps the data path"
                            + " up")));
    return all;
  }
}
