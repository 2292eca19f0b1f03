package io.vrouter.mesh.api;

import java.time.Duration;

/** Sign of life of a thread that must never block. From any thread. */
@FunctionalInterface
public interface Heartbeat {
  /** Time since the thread's last turn; while it waits with nothing due, that is zero. */
  Duration sinceLastTurn();
}
