package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.CommandRunner;
import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.MeshApi;
import java.time.Clock;
import java.util.List;

/** All of {@code meshctl}'s commands over an API. A fresh model per run: runs share nothing. */
public final class MeshctlCommands implements CommandRunner {
  private final MeshApi api;
  private final Clock clock;

  /** With the clock that ages are computed with. */
  public MeshctlCommands(MeshApi api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  @Override
  public int run(List<String> argv, Console console) throws InterruptedException {
    return MeshctlModel.execute(new Session(() -> api, console, clock), argv);
  }
}
