package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "forget",
    description = {
      "Drop a member that failed, left or was replaced; with --ban a live one, too, for good.",
      "A ban begins a new epoch of the keys without the node and ends all tokens. With the"
          + " operator's key in the state directory it counts on every host, else on this one, and"
          + " on the others when most of them have said it."
    })
final class ForgetCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "NODE", description = "name, id or its first digits")
  private String node = "";

  @Option(names = "--ban", description = "never admit this identity again")
  private boolean ban;

  ForgetCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    MeshApi api = session.writableApi();
    Members members = api.members(true);
    if (ban) {
      return ban(api, members);
    }
    Members.Member member = Session.find(members, node);
    api.forget(member.id());
    session.err().println("forgot " + Text.safe(member.name()) + " (" + member.id() + ")");
    return ExitCode.OK;
  }

  private int ban(MeshApi api, Members members) throws Exception {
    // A node that is no longer listed can be banned by its id.
    boolean id = node.matches("[0-9a-f]{32}");
    String target = id ? node : Session.find(members, node).id();
    boolean everywhere = api.keys().ban(target);
    session
        .err()
        .println(
            "banned "
                + new NodeNames(members).of(target)
                + " ("
                + target
                + ")"
                + (everywhere
                    ? " on all hosts"
                    : " here; other hosts act when most have said so: run this there, or put the"
                        + " operator's key into the state directory and run it again")
                + "; a new epoch began, and earlier tokens admit nobody");
    return ExitCode.OK;
  }
}
