package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description = {
      "Check host, kernel and peers. Exits with 1 on a fault.",
      "With --fix, as root on the host itself: runs the commands of the faults that it finds."
    })
final class DoctorCommand implements Callable<Integer> {
  private final Session session;
  private @Nullable @Spec CommandSpec spec;

  @Option(
      names = "--fix",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "CHECK",
      description =
          "run the commands that change only what is ours; with a check's name, all of that check")
  private @Nullable String fix;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (fix != null) {
      session.clientOnly();
      SystemUpHost host = new SystemUpHost(System.in);
      if (!host.isRoot()) {
        throw new CommandException(
            ExitCode.PERMISSION, "only root changes this host", "run this with sudo");
      }
      Path programs = Path.of(System.getProperty("meshctl.bin", "/usr/bin"));
      return new DoctorFix(host::run, session, programs, socket()).run(fix);
    }
    Doctor doctor = session.api().doctor();
    long failed = count(doctor, Check.Result.FAIL);
    if (!session.printed(doctor)) {
      print(doctor, failed, count(doctor, Check.Result.WARN));
    }
    return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private @Nullable String socket() {
    CommandSpec own = Objects.requireNonNull(spec);
    return Stream.of(own.commandLine(), own.commandLine().getParent())
        .map(line -> line.getParseResult().matchedOptionValue("--socket", (String) null))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
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
        for (Remedy remedy : check.remedies()) {
          session.out().println("      run: " + Text.safe(remedy.command()));
        }
      }
    }
  }
}
