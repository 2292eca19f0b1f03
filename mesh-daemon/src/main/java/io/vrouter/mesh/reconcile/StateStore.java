package io.vrouter.mesh.reconcile;

import java.io.IOException;

/**
 * Stores the loop's state that must outlive the process. Called on the reconcile thread, and once
 * by the thread that makes the reconciler.
 */
public interface StateStore {
  /** The state saved last; {@link SavedState#NONE} when none was, or it was not readable. */
  SavedState load();

  /**
   * Saves, and returns after fsync, because the claim is published next.
   *
   * @throws IOException naming the file
   */
  void save(SavedState state) throws IOException;
}
