package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MeshApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "leave",
    description = "Leave the mesh: peers drop our routes, ours are removed, meshd ends.")
final class LeaveCommand implements Callable<Integer> {
  private final Session session;

  LeaveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    MeshApi api = session.writableApi();
    // even after a failure: a node that has left is of no more use
    session.console().afterwards().accept(api::end);
    api.leave();
    session.err().println("left the mesh; meshd ends");
    return ExitCode.OK;
  }
}
