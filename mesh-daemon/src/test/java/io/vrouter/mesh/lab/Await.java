package io.vrouter.mesh.lab;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Waits for a condition with the patience that a loaded machine needs: never to assert speed. */
final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration POLL = Duration.ofMillis(40);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .until(condition);
  }

  /** Waits until the assertions hold; the last failure is reported when they never do. */
  static void asserted(String what, ThrowingRunnable assertions) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .untilAsserted(assertions);
  }

  /** Asserts that the condition holds, and goes on holding, for {@code span}. */
  static void holdsFor(Duration span, String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(span.plus(PATIENCE))
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .during(span)
        .until(condition);
  }
}
