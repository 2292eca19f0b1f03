package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.model.Problem;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Health of the mesh. Exits with 1 when unhealthy.")
final class StatusCommand implements Callable<Integer> {
  /** Problems of one code shown in full; -o wide shows all. */
  private static final int OF_A_KIND = 2;

  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final String CLEAR = "\u001b[H\u001b[2J";

  private final Session session;

  @Option(
      names = {"-w", "--watch"},
      arity = "0..1",
      fallbackValue = "2s",
      paramLabel = "INTERVAL",
      converter = DurationConverter.class,
      description = "show it again and again until interrupted, every 2 s by default")
  private @Nullable Duration watch;

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Duration interval = watch;
    int code = once(interval != null);
    while (interval != null && !session.out().checkError()) {
      TimeUnit.MILLISECONDS.sleep(Math.max(SHORTEST.toMillis(), interval.toMillis()));
      code = once(true);
    }
    return code;
  }

  private int once(boolean clear) throws CommandException {
    MeshApi api = session.api();
    Status status = api.status();
    if (clear && session.isTable() && session.console().tty()) {
      session.out().print(CLEAR);
    }
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
    encryption(status.encryption());
    print(status.errors());
    print(status.notes());
  }

  private void encryption(Status.Encryption encryption) {
    for (Status.Device device : encryption.devices()) {
      String by = device.implementation();
      session
          .out()
          .println(
              "encryption %s: %s, %s by %s, UDP %d"
                  .formatted(
                      encryption.setting(),
                      Text.count(encryption.peers(), "member"),
                      device.name(),
                      by == null ? "nothing yet" : by,
                      device.port()));
    }
  }

  /** The oldest of a code first, since it is nearest to the cause. */
  private void print(List<Problem> problems) {
    Map<String, List<Problem>> kinds = new LinkedHashMap<>();
    problems.forEach(
        problem -> kinds.computeIfAbsent(problem.code(), code -> new ArrayList<>()).add(problem));
    for (List<Problem> kind : kinds.values()) {
      kind.sort(
          Comparator.comparing(Problem::since, Comparator.nullsLast(Comparator.naturalOrder())));
      int shown = session.isWide() || kind.size() <= OF_A_KIND + 1 ? kind.size() : OF_A_KIND;
      kind.subList(0, shown).forEach(this::print);
      if (shown < kind.size()) {
        session
            .out()
            .println(
                "  and %d more of %s: see 'meshctl status -o wide'"
                    .formatted(kind.size() - shown, Text.safe(kind.get(0).code())));
      }
    }
  }

  private void print(Problem problem) {
    PrintWriter out = session.out();
    Paint paint = session.paint();
    String title = Text.safe(problem.severity() + " " + problem.code());
    out.println();
    out.println(
        (problem.unhealthy() ? paint.bad(title) : paint.doubtful(title))
            + ": "
            + Text.safe(problem.message())
            + age(problem.since()));
    out.println("  fix: " + Text.safe(problem.fix()));
  }

  private String age(@Nullable Instant since) {
    if (since == null) {
      return "";
    }
    String age = Text.age(Duration.between(since, session.clock().instant()));
    return session.isWide()
        ? " (for %s, since %s)"
            .formatted(age, since.truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
        : " (for " + age + ")";
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
