package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.model.Check;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "doctor", description = "Check host, kernel and peers. Exits with 1 on a fault.")
final class DoctorCommand implements Callable<Integer> {
  private final Session session;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Doctor doctor = session.api().doctor();
    long failed = count(doctor, Check.Result.FAIL);
    if (!session.printed(doctor)) {
      print(doctor, failed, count(doctor, Check.Result.WARN));
    }
    return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private static long count(Doctor doctor, Check.Result result) {
    return doctor.checks().stream().filter(check -> check.result() == result).count();
  }

  private void print(Doctor doctor, long failed, long warned) {
    Paint paint = session.paint();
    String verdict =
        failed > 0
            ? paint.bad(failed + " failed")
            : warned > 0 ? paint.doubtful("no faults") : paint.good("all well");
    session
        .out()
        .println(
            paint.strong(verdict)
                + ": "
                + Text.count(doctor.checks().size(), "check")
                + (warned > 0 ? ", " + Text.count((int) warned, "warning") : ""));
    for (Check check : doctor.checks()) {
      String result = check.result().toString();
      String shown =
          switch (check.result()) {
            case PASS -> paint.good(result);
            case WARN -> paint.doubtful(result);
            case FAIL -> paint.bad(result);
          };
      session
          .out()
          .println(shown + "  " + Text.safe(check.id()) + ": " + Text.safe(check.message()));
      if (check.result() != Check.Result.PASS) {
        session.out().println("      fix: " + Text.safe(check.fix()));
      }
    }
  }
}
