package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.pool.PoolState;
import java.io.IOException;

/** A disk for the pool's part. */
final class FakePoolStore implements PoolStore {
  volatile PoolState saved = PoolState.NONE;
  volatile boolean full;
  volatile boolean lost;

  /** What a write waits for. */
  volatile Runnable hang = () -> {};

  @Override
  public PoolState load() {
    return saved;
  }

  @Override
  public boolean lost() {
    return lost;
  }

  @Override
  public void save(PoolState state) throws IOException {
    hang.run();
    if (full) {
      throw new IOException("/state/pools.json: no space left on device");
    }
    saved = state;
  }
}
