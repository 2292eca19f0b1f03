package io.vrouter.mesh.api;

import java.time.Duration;

/** Liveness of a thread that must never block. From any thread. */
@FunctionalInterface
public interface Heartbeat {
  /** Time since the thread's last turn; zero while it waits with nothing due. */
  Duration sinceLastTurn();
}
