package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Conflicts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "conflicts", description = "Claims that overlap, who won, and what to do.")
final class ConflictsCommand implements Callable<Integer> {
  private final Session session;

  ConflictsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Conflicts conflicts = session.api().conflicts();
    if (!session.printed(conflicts)) {
      print(conflicts, new NodeNames(session.api().members(true)));
    }
    return ExitCode.OK;
  }

  private void print(Conflicts conflicts, NodeNames names) {
    Paint paint = session.paint();
    if (conflicts.conflicts().isEmpty()) {
      session.out().println(paint.strong(paint.good("no conflicts")));
      return;
    }
    session
        .out()
        .println(paint.strong(paint.bad(Text.count(conflicts.conflicts().size(), "conflict"))));
    for (Conflicts.Conflict conflict : conflicts.conflicts()) {
      session.out().println();
      session
          .out()
          .printf(
              "%s %s: %s has it, %s does not%n",
              Text.safe(conflict.kind()),
              paint.strong(Text.safe(conflict.claim())),
              names.of(conflict.winner()),
              names.of(conflict.loser()));
      session.out().println("  " + Text.safe(conflict.message()));
      session.out().println("  fix: " + Text.safe(conflict.fix()));
    }
  }
}
