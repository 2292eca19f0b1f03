package io.vrouter.mesh.plan;

/** What became of a peer's prefix on this host. */
public enum RouteState {
  /** Our route is in force: the kernel would send there by our device. */
  INSTALLED,
  /** It should be there and is not (yet), or the prefix is refused. */
  MISSING,
  /** Somebody else's route is in force. */
  FOREIGN,
  /** Another host holds the prefix, or part of it. */
  CONFLICT
}
