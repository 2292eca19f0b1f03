package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Pings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ping", description = "Ask a member's kernel over the data path.")
final class PingCommand implements Callable<Integer> {
  /** The wait for an answer can't be interrupted. */
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(10);

  private final Session session;

  @Parameters(paramLabel = "NODE", description = "name, id or its first digits")
  private String node = "";

  @Option(
      names = {"-c", "--count"},
      paramLabel = "N",
      description = "how many probes, 1 to 100 (default ${DEFAULT-VALUE})")
  private int count = 3;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "how long to wait for each answer (default 1s)")
  private Duration timeout = Duration.ofSeconds(1);

  PingCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (count < 1 || count > 100) {
      throw new CommandException(
          ExitCode.USAGE, "'" + count + "' probes are not allowed", "take 1 to 100");
    }
    if (timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new CommandException(
          ExitCode.USAGE,
          "a timeout of " + Text.age(timeout) + " is not allowed",
          "take up to " + Text.age(MAX_TIMEOUT) + " for each answer");
    }
    MeshApi api = session.api();
    Members.Member member = Session.find(api.members(false), node);
    String overlay = Objects.requireNonNullElse(member.overlay(), "");
    boolean live = session.format() == OutputFormat.TABLE;
    List<Double> rtts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the command was cancelled");
      }
      Optional<Duration> rtt = api.ping(member.id(), timeout);
      rtt.ifPresent(time -> rtts.add(millis(time)));
      if (live) {
        session
            .out()
            .printf(
                "%s (%s) %d: %s%n",
                Text.safe(member.name()),
                Text.safe(overlay),
                i,
                rtt.isPresent() ? rtts.get(rtts.size() - 1) + " ms" : "no answer");
        session.out().flush();
      }
      if (i < count && rtt.isPresent()) {
        // a kernel answers closed ports once a second after a burst (icmp_ratelimit)
        TimeUnit.MILLISECONDS.sleep(i < 4 ? 100 : 1_000);
      }
    }
    session.printed(new Pings(member.id(), overlay, count, rtts));
    if (live) {
      session.out().printf("%d of %d answered%n", rtts.size(), count);
    }
    return rtts.isEmpty() ? ExitCode.FAILED : ExitCode.OK;
  }

  /** To the microsecond. */
  private static double millis(Duration time) {
    return Math.round(time.toNanos() / 1_000.0) / 1_000.0;
  }
}
