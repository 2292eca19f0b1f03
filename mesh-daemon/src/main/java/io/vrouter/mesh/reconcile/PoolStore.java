package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.pool.PoolState;
import java.io.IOException;

/** Stores a host's part in the pool of subnets. Called like {@link StateStore}. */
public interface PoolStore {
  /** The state saved last; {@link PoolState#NONE} when none was, or it was not readable. */
  PoolState load();

  /** Whether {@link #load} found an unreadable file: there may have been ranges. */
  boolean lost();

  /**
   * Saves, and returns after fsync, because claims and votes are published next.
   *
   * @throws IOException naming the file
   */
  void save(PoolState state) throws IOException;
}
