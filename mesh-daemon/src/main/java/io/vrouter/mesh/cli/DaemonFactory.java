package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.MeshConfig;

/** What {@code meshd}'s commands start. */
public interface DaemonFactory {
  /**
   * Runs a daemon until it is told to end.
   *
   * @return the process's exit code
   * @throws StartException when it can't run here
   */
  int run(MeshConfig config) throws StartException;

  /**
   * Removes everything of ours from the kernel of a host without a running daemon.
   *
   * @return the process's exit code
   * @throws StartException when that isn't possible
   */
  int cleanup(MeshConfig config) throws StartException;
}
