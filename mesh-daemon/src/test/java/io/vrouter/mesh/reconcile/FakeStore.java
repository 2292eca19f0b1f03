package io.vrouter.mesh.reconcile;

import java.io.IOException;

/** A disk that outlives the loop, and may be full. */
final class FakeStore implements StateStore {
  volatile SavedState saved = SavedState.NONE;
  volatile boolean full;

  /** What happens elsewhere while something is saved. */
  volatile Runnable meanwhile = () -> {};

  @Override
  public SavedState load() {
    return saved;
  }

  @Override
  public void save(SavedState state) throws IOException {
    meanwhile.run();
    if (full) {
      throw new IOException("/state/claims.json: no space left on device");
    }
    saved = state;
  }
}
