package io.vrouter.mesh.main;

import io.vrouter.mesh.cli.DaemonFactory;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.MeshConfig;

/** Wires a daemon. */
final class Daemon implements DaemonFactory {
  @Override
  public int run(MeshConfig config) throws StartException {
    throw new StartException("this build has no data path", "use a later build");
  }

  @Override
  public int cleanup(MeshConfig config) throws StartException {
    throw new StartException("this build has no data path", "use a later build");
  }
}
