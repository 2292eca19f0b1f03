package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "forget", description = "Drop a member that failed, left or was replaced.")
final class ForgetCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "NODE", description = "name, id or its first digits")
  private String node = "";

  ForgetCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    MeshApi api = session.writableApi();
    Members.Member member = Session.find(api.members(true), node);
    api.forget(member.id());
    session.err().println("forgot " + Text.safe(member.name()) + " (" + member.id() + ")");
    return ExitCode.OK;
  }
}
