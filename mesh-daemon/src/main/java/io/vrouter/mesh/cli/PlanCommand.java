package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.PlanReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "plan", description = "What would be written to the kernel now. Writes nothing.")
final class PlanCommand implements Callable<Integer> {
  private final Session session;

  PlanCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    PlanReport plan = session.api().plan();
    if (!session.printed(plan)) {
      print(plan);
    }
    return ExitCode.OK;
  }

  private void print(PlanReport plan) {
    Paint paint = session.paint();
    if (plan.steps().isEmpty()) {
      session.out().println(paint.strong(paint.good("nothing to do")));
      return;
    }
    session.out().println(paint.strong(Text.count(plan.steps().size(), "step") + " to do"));
    Table table = new Table("TARGET", "STEP", "REASON");
    plan.steps()
        .forEach(
            step ->
                table.row(
                    Text.safe(step.target()), Text.safe(step.step()), Text.safe(step.reason())));
    table.print(session.out());
  }
}
