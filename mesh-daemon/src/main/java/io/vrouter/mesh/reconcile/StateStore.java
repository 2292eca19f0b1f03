package io.vrouter.mesh.reconcile;

import java.io.IOException;

/**
 * Where the loop keeps what must outlive the process. Called on the reconcile thread, and once by
 * the thread that makes the reconciler.
 */
public interface StateStore {
  /** What was saved last; {@link SavedState#NONE} when nothing was, or it was not readable. */
  SavedState load();

  /**
   * Saves. Back only when it would survive a power cut: a claim is told to others afterwards.
   *
   * @throws IOException naming the file
   */
  void save(SavedState state) throws IOException;
}
