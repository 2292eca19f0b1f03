package io.vrouter.netlink.lab;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** Waits for a condition with the patience that a loaded machine needs: never to assert speed. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(40);

  private Await() {}

  /** Waits until the condition holds. */
  public static void until(String what, Callable<Boolean> condition) {
    within(PATIENCE, what).until(condition);
  }

  /** As {@link #until}, asking every 5 ms: for what takes a few milliseconds and costs little. */
  static void soon(String what, Callable<Boolean> condition) {
    within(PATIENCE, what).pollInterval(Duration.ofMillis(5)).until(condition);
  }

  /** Waits until the assertions hold; the last failure is reported when they never do. */
  public static void asserted(String what, ThrowingRunnable assertions) {
    within(PATIENCE, what).untilAsserted(assertions);
  }

  /** Asserts that the condition holds, and goes on holding, for {@code span}. */
  public static void holdsFor(Duration span, String what, Callable<Boolean> condition) {
    within(span.plus(PATIENCE), what).during(span).until(condition);
  }

  private static ConditionFactory within(Duration patience, String what) {
    return Awaitility.await(what).atMost(patience).pollDelay(Duration.ZERO).pollInterval(POLL);
  }
}
