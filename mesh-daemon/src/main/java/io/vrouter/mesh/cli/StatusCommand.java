package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.model.Problem;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Health of the mesh. Exits with 1 when unhealthy.")
final class StatusCommand implements Callable<Integer> {
  private final Session session;

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    MeshApi api = session.api();
    Status status = api.status();
    if (!session.printed(status)) {
      print(status);
    }
    PoolRangeWait.notes(session, api, api.pools());
    return status.healthy() ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(Status status) {
    PrintWriter out = session.out();
    Paint paint = session.paint();
    String verdict =
        status.healthy()
            ? paint.good("healthy")
            : paint.bad("UNHEALTHY: " + Text.count(status.problems().size(), "problem"));
    out.println(
        paint.strong(verdict)
            + ", "
            + counts(status.members())
            + ", "
            + (status.converged() ? "converged" : paint.doubtful("not converged yet")));
    for (Problem problem : status.problems()) {
      out.println();
      out.println(paint.bad(Text.safe(problem.code())) + ": " + Text.safe(problem.message()));
      out.println("  fix: " + Text.safe(problem.fix()));
    }
  }

  static String counts(Map<MemberStatus, Integer> members) {
    String text =
        members.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> entry.getValue() + " " + entry.getKey().text())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "no members" : text;
  }
}
