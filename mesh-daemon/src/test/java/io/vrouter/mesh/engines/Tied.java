package io.vrouter.mesh.engines;

import io.vrouter.mesh.lab.Spawner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Processes that the kernel kills when this JVM ends; the lab's {@link Spawner} starts them. */
final class Tied {
  private Tied() {}

  /** Starts a command with both outputs appended to {@code log}. */
  static Process start(Path log, List<String> command) {
    return Spawner.launch(log, Map.of(), command);
  }

  /** Runs a command to its end. */
  static Output run(Duration patience, Map<String, String> environment, List<String> command) {
    Spawner.Output done = Spawner.run(patience, environment, command);
    return new Output(done.command(), done.exit(), done.stdout(), done.stderr());
  }
}
