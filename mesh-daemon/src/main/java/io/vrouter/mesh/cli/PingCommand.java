package io.vrouter.mesh.cli;

import static java.util.stream.Collectors.summarizingDouble;

import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Pings;
import io.vrouter.mesh.control.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
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
    boolean live = session.isTable();
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
    Optional<Duration> gossip =
        member.id().equals(api.members(false).self()) ? Optional.empty() : api.gossip(member.id());
    List<Routes.Route> routes =
        api.routes().routes().stream().filter(it -> it.node().equals(member.id())).toList();
    Integer mtu = member.path() == null ? null : member.path().mtu();
    session.printed(
        new Pings(
            member.id(),
            overlay,
            count,
            rtts,
            mtu,
            routes,
            gossip.map(PingCommand::millis).orElse(null)));
    if (live) {
      summary(member, rtts);
      session
          .out()
          .println(
              "gossip: "
                  + gossip.map(rtt -> Text.micros(rtt.toNanos() / 1_000)).orElse("no answer"));
      routes.forEach(this::print);
    }
    return rtts.isEmpty() ? ExitCode.FAILED : ExitCode.OK;
  }

  private void summary(Members.Member member, List<Double> rtts) {
    StringBuilder line = new StringBuilder("%d of %d answered".formatted(rtts.size(), count));
    if (!rtts.isEmpty()) {
      DoubleSummaryStatistics times = rtts.stream().collect(summarizingDouble(it -> it));
      line.append(
          ", min %s, mean %s, max %s"
              .formatted(
                  Text.micros((long) (times.getMin() * 1_000)),
                  Text.micros((long) (times.getAverage() * 1_000)),
                  Text.micros((long) (times.getMax() * 1_000))));
    }
    Members.Path path = member.path();
    if (path != null) {
      line.append("; path ").append(path.state());
      if (path.mtu() != null) {
        line.append(", packets of up to ").append(path.mtu()).append(" octets");
      }
    }
    session.out().println(line);
  }

  private void print(Routes.Route route) {
    session
        .out()
        .printf(
            "route %s via %s dev %s: %s%n",
            Text.safe(route.prefix()),
            Text.safe(route.via()),
            Text.safe(route.device()),
            route.state().text());
  }

  /** To the microsecond. */
  private static double millis(Duration time) {
    return Math.round(time.toNanos() / 1_000.0) / 1_000.0;
  }
}
