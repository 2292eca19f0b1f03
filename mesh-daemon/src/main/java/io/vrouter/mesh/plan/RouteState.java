package io.vrouter.mesh.plan;

/** The state of a peer's prefix on this host. */
public enum RouteState {
  /** Our route is in force: the kernel routes the prefix to our device. */
  INSTALLED,
  /** Our route is missing (yet), or the prefix is refused. */
  MISSING,
  /** Another program's route is in force. */
  FOREIGN,
  /** Another host holds the prefix, or part of it. */
  CONFLICT
}
