package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.TestReport;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "test",
    description = {
      "Try all networks of all pairs of hosts: each must reach the others of its VNI in both"
          + " directions, with packets of the path's full size and its own source address, and"
          + " nothing outside the mesh may be reached.",
      "Exits with 1 when a pair fails."
    })
final class TestCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "--speed", description = "measure the throughput of each pair, too")
  private boolean speed;

  TestCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = session.err();
    err.println("trying every pair of hosts");
    err.flush();
    TestReport report =
        session
            .writableApi()
            .test(
                speed,
                pair -> {
                  err.println("  " + line(pair));
                  err.flush();
                });
    if (session.format() == OutputFormat.JUNIT) {
      session.out().print(JunitXml.of(report));
    } else if (!session.printed(report)) {
      print(report);
    }
    if (!report.ok()) {
      err.println("for help, send the file that 'meshctl report' writes");
    }
    return report.ok() ? ExitCode.OK : ExitCode.FAILED;
  }

  private String line(TestReport.Pair pair) {
    Paint paint = session.paint();
    int all = pair.connected() + pair.apart();
    String verdict =
        pair.ok()
            ? paint.good("ok")
            : paint.bad(all == 0 ? "not tried" : pair.failed() + " of " + all + " failed");
    StringBuilder line =
        new StringBuilder()
            .append(Text.safe(pair.from()))
            .append(" and ")
            .append(Text.safe(pair.to()))
            .append(": ")
            .append(verdict);
    if (all > 0) {
      line.append(
          ", %d connected, %d apart, %d octets"
              .formatted(pair.connected(), pair.apart(), pair.octets()));
    }
    if (pair.rttMicros() != null) {
      line.append(", ").append(Text.micros(pair.rttMicros()));
    }
    if (pair.bitsPerSecond() != null) {
      line.append(", ").append(pair.bitsPerSecond() / 1_000_000).append(" Mbit/s");
    }
    return line.toString();
  }

  private void print(TestReport report) {
    PrintWriter out = session.out();
    Paint paint = session.paint();
    for (TestReport.Pair pair : report.pairs()) {
      if (pair.ok()) {
        continue;
      }
      out.println(line(pair));
      for (TestReport.FailedPair failure : pair.failures()) {
        String networks =
            failure.from().isEmpty()
                ? ""
                : "%s and %s: ".formatted(Text.safe(failure.from()), Text.safe(failure.to()));
        out.println("  " + networks + Text.safe(failure.cause()));
        out.println("    fix: " + Text.safe(failure.fix()));
      }
      int more = pair.failed() - pair.failures().size();
      if (more > 0 && pair.failed() > 0) {
        out.println("  and " + more + " more");
      }
    }
    long bad = report.pairs().stream().filter(pair -> !pair.ok()).count();
    int connected = report.pairs().stream().mapToInt(TestReport.Pair::connected).sum();
    int apart = report.pairs().stream().mapToInt(TestReport.Pair::apart).sum();
    String counts =
        "%s of hosts, %d of networks connected both ways, %d kept apart"
            .formatted(Text.count(report.pairs().size(), "pair"), connected, apart);
    out.println(
        report.pairs().isEmpty()
            ? paint.doubtful("no other host is alive: nothing to try")
            : report.ok()
                ? paint.good("PASSED") + ": " + counts
                : paint.bad("FAILED") + ": " + bad + " of " + counts);
  }
}
