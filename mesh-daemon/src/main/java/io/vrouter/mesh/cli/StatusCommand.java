package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.model.Problem;
import java.io.PrintWriter;
import java.time.Duration;
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
            : paint.bad("UNHEALTHY: " + Text.count(status.errors().size(), "problem"));
    out.println(
        paint.strong(verdict)
            + ", "
            + counts(status.members())
            + ", "
            + (status.converged() ? "converged" : paint.doubtful("not converged yet"))
            + (status.notes().isEmpty() ? "" : ", " + Text.count(status.notes().size(), "note")));
    status.errors().forEach(this::print);
    status.notes().forEach(this::print);
  }

  private void print(Problem problem) {
    PrintWriter out = session.out();
    Paint paint = session.paint();
    String code = Text.safe(problem.code());
    String age =
        problem.since() == null
            ? ""
            : " (for "
                + Text.age(Duration.between(problem.since(), session.clock().instant()))
                + ")";
    out.println();
    out.println(
        (problem.unhealthy() ? paint.bad(code) : paint.doubtful(problem.severity() + " " + code))
            + ": "
            + Text.safe(problem.message())
            + age);
    out.println("  fix: " + Text.safe(problem.fix()));
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
