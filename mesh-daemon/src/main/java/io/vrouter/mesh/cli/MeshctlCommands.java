package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.CommandRunner;
import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.Maintenance;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.ReadOnlyApi;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** All of {@code meshctl}'s commands over an API. A fresh model per run: runs share nothing. */
public final class MeshctlCommands implements CommandRunner {
  /** The commands whose purpose is to wait. */
  private static final Set<String> WAITING = Set.of("events", "wait", "--watch", "test");

  private final MeshApi api;
  private final MeshApi readers;
  private final Maintenance maintenance;
  private final Clock clock;

  /** With the clock that ages are computed with. */
  public MeshctlCommands(MeshApi api, Maintenance maintenance, Clock clock) {
    this.api = api;
    this.readers = new ReadOnlyApi(api, System::nanoTime);
    this.maintenance = maintenance;
    this.clock = clock;
  }

  @Override
  public int run(List<String> argv, Console console) throws InterruptedException {
    MeshApi allowed = console.caller().mayWrite() ? api : readers;
    return MeshctlModel.execute(new Session(() -> allowed, maintenance, console, clock), argv);
  }

  @Override
  public Duration readersLimit(List<String> argv) {
    return argv.stream().anyMatch(WAITING::contains)
        ? Duration.ofHours(24)
        : CommandRunner.super.readersLimit(argv);
  }
}
