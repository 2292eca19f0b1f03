package io.vrouter.mesh.api;

import io.vrouter.mesh.model.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that ended by an exception: each is logged and is a problem from then on. */
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

  /** One problem for each such thread. */
  public synchronized List<Problem> problems() {
    return new ArrayList<>(problems.values());
  }
}
