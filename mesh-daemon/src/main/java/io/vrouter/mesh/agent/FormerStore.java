package io.vrouter.mesh.agent;

import io.vrouter.mesh.plan.FormerSetting;
import java.io.IOException;
import java.util.List;

/** Keeps the settings of others' devices as they were before an agent changed them. */
public interface FormerStore {
  /** The settings saved last; empty when none were. */
  List<FormerSetting> load();

  /**
   * Saves, and returns after fsync.
   *
   * @throws IOException naming the file
   */
  void save(List<FormerSetting> settings) throws IOException;
}
