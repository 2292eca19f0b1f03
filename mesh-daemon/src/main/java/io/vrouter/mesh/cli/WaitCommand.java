package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "wait", description = "Wait until so many members are alive, this one included.")
final class WaitCommand implements Callable<Integer> {
  /** Interval of the look at the members, for changes without an event. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Session session;

  @Option(
      names = "--members",
      required = true,
      paramLabel = "N",
      description = "how many must be alive, at least")
  private int wanted;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "when to give up, with exit code 4 (default 30s)")
  private Duration timeout = TIMEOUT;

  @Option(
      names = "--waited",
      hidden = true,
      converter = DurationConverter.class,
      description = "the part of the timeout that an earlier connection used up")
  private Duration waited = Duration.ZERO;

  WaitCommand(Session session) {
    this.session = session;
  }

  @Override
  @SuppressWarnings("try") // held open, never used
  public Integer call() throws Exception {
    MeshApi api = session.api();
    BlockingQueue<Boolean> wake = new ArrayBlockingQueue<>(1);
    long start = System.nanoTime() - waited.toNanos();
    try (MeshApi.Subscription subscription = api.subscribe(event -> wake.offer(true))) {
      while (true) {
        Members members = api.members(false);
        long alive =
            members.members().stream()
                .filter(member -> member.status() == MemberStatus.ALIVE)
                .count();
        long left = timeout.toNanos() - (System.nanoTime() - start);
        if (alive >= wanted) {
          session.err().println(Text.count((int) alive, "member") + " alive");
          session.printed(members);
          return ExitCode.OK;
        }
        if (left <= 0) {
          throw timedOut(api, alive);
        }
        wake.poll(Math.min(left, LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
      }
    }
  }

  private CommandException timedOut(MeshApi api, long alive) {
    String message =
        "%d of %d members are alive after %s".formatted(alive, wanted, Text.age(timeout));
    Problem missing = alive > 0 ? null : api.status().errors().stream().findFirst().orElse(null);
    return missing == null
        ? new CommandException(
            ExitCode.TIMED_OUT,
            message,
            "'meshctl status' says what is wrong here; see whether meshd runs on the others")
        : new CommandException(
            ExitCode.TIMED_OUT, message + ": " + missing.message(), missing.fix());
  }
}
