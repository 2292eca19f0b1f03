package io.vrouter.mesh.engines;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what comes by itself; the limit is no promise about how soon. */
final class Eventually {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Eventually() {}

  static void eventually(String what, ThrowingRunnable assertion) {
    Awaitility.await(what)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(assertion);
  }
}
