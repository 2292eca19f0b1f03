package io.vrouter.mesh.reconcile;

import java.io.IOException;
import java.util.Optional;

/** Stores the newest signed policy. Called like {@link StateStore}. */
public interface PolicyStore {
  /** The text saved last; empty when none was, or it was not readable. */
  Optional<String> load();

  /** Sets the saved text aside, because it can't be used. */
  void reject(String why);

  /**
   * Saves, and returns after fsync.
   *
   * @throws IOException naming the file
   */
  void save(String text) throws IOException;
}
