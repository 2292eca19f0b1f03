package io.vrouter.mesh.reconcile;

/** Fate of our kernel state when the daemon ends. */
public enum Farewell {
  /** Every object of ours is removed, former settings are restored. */
  LEAVE,
  /** Everything stays: the next start adopts it. */
  KEEP
}
