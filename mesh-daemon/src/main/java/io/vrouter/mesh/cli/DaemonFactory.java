package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.MeshConfig;

/** The daemon as {@code meshd}'s commands start it. */
public interface DaemonFactory {
  /**
   * Runs a daemon until a signal or {@code leave} ends it.
   *
   * @return the process's exit code
   * @throws StartException when it can't run here
   */
  int run(MeshConfig config) throws StartException;

  /**
   * Runs the half of a daemon that needs no privilege, with an agent in another process.
   *
   * @return the process's exit code
   * @throws StartException when it can't run here
   */
  int node(MeshConfig config) throws StartException;

  /**
   * Runs the half that writes to the kernel.
   *
   * @return the process's exit code
   * @throws StartException when it can't run here
   */
  int agent(MeshConfig config) throws StartException;

  /**
   * Removes the mesh's state from the kernel of a host without a running daemon.
   *
   * @return the process's exit code
   * @throws StartException when that isn't possible
   */
  int cleanup(MeshConfig config) throws StartException;

  /**
   * Checks whether a daemon could start on this host; changes nothing.
   *
   * @return the process's exit code: 0 when it could, whatever is to be warned of
   * @throws StartException when the host can't be looked at
   */
  int check(MeshConfig config) throws StartException;
}
