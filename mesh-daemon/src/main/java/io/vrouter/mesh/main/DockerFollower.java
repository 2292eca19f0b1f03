package io.vrouter.mesh.main;

import io.vrouter.mesh.config.Docker;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerSettings;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.docker.DockerWatch;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Follows Docker as a configuration says. */
final class DockerFollower {
  private DockerFollower() {}

  /** Passes each snapshot on until the parts are closed. */
  static void start(MeshConfig config, Closeables parts, Consumer<DockerSnapshot> listener) {
    Docker docker = config.docker();
    if (docker.mode() == Docker.Mode.OFF) {
      listener.accept(DockerSnapshot.off());
      return;
    }
    DockerSettings settings =
        new DockerSettings(
            docker.socket(),
            docker.mode() == Docker.Mode.ON,
            config.vnis(),
            config.exposeByDefault());
    parts
        .add(
            new DockerWatch(
                settings,
                config.stateDir(),
                RandomGenerator.getDefault(),
                Clock.systemUTC(),
                listener))
        .start();
  }
}
