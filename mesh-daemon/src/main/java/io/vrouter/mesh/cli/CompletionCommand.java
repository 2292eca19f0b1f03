package io.vrouter.mesh.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    description = "A completion script for bash and zsh: source <(meshctl completion)")
final class CompletionCommand implements Callable<Integer> {
  private final Session session;

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.out().println(AutoComplete.bash("meshctl", MeshctlModel.of(session)));
    return ExitCode.OK;
  }
}
