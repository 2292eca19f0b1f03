package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Maintenance;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "log",
    description = "Show the level of meshd's log, or set it until meshd is restarted.")
final class LogCommand implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofDays(7);

  private final Session session;

  @Parameters(
      arity = "0..1",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace; shows the present one when not given")
  private @Nullable String level;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "the former level returns after this time, e.g. 10m")
  private @Nullable Duration lasting;

  LogCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Maintenance process = session.maintenance();
    if (level == null && lasting != null) {
      throw new CommandException(ExitCode.USAGE, "--for needs a level", "name one before it");
    }
    if (lasting != null && (lasting.isZero() || lasting.compareTo(LONGEST) > 0)) {
      throw new CommandException(
          ExitCode.USAGE, "--for takes more than 0 and up to 7 days", "e.g. --for 10m");
    }
    if (level != null) {
      session.writableApi();
      process.log(level, lasting);
    }
    Maintenance.LogLevel now = process.log();
    if (!session.printed(now)) {
      session
          .out()
          .println(
              now.revertsTo() == null
                  ? now.level()
                  : now.level()
                      + ", "
                      + now.revertsTo()
                      + " again in "
                      + Text.age(
                          Duration.ofSeconds(Objects.requireNonNullElse(now.seconds(), 0L))));
    }
    return ExitCode.OK;
  }
}
