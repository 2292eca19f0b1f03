package io.vrouter.mesh.reconcile;

/** What becomes of our kernel state when the daemon ends. */
public enum Farewell {
  /** All that is ours is removed, former settings are restored. */
  LEAVE,
  /** Everything stays: the next start adopts it. */
  KEEP
}
