package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.pool.PoolState;
import java.io.IOException;

/** Where a host's part in the pool of subnets is kept. Called like {@link StateStore}. */
public interface PoolStore {
  /** What was saved last; {@link PoolState#NONE} when nothing was, or it was not readable. */
  PoolState load();

  /** Whether {@link #load} found something that it could not read: there may have been ranges. */
  boolean lost();

  /**
   * Saves. Back only when it would survive a power cut: claims and votes are told afterwards.
   *
   * @throws IOException naming the file
   */
  void save(PoolState state) throws IOException;
}
