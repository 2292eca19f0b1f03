package io.vrouter.mesh.local;

import io.vrouter.mesh.config.Docker;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerSettings;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.docker.DockerWatch;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Follows Docker by the configuration. */
public final class DockerFollower implements AutoCloseable {
  private final @Nullable DockerWatch watch;

  /**
   * Begins.
   *
   * @param listener called with each snapshot: here when Docker is off, else on a thread of its own
   */
  public DockerFollower(MeshConfig config, Consumer<DockerSnapshot> listener) {
    Docker docker = config.docker();
    if (docker.mode() == Docker.Mode.OFF) {
      watch = null;
      listener.accept(DockerSnapshot.off());
      return;
    }
    watch =
        new DockerWatch(
            new DockerSettings(
                docker.socket(),
                docker.mode() == Docker.Mode.ON,
                config.vnis(),
                config.exposeByDefault()),
            config.stateDir(),
            RandomGenerator.getDefault(),
            Clock.systemUTC(),
            listener);
    watch.start();
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
