package io.vrouter.mesh.api;

import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.CommandRunner;
import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.ControlException;
import io.vrouter.mesh.control.ControlServer;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code meshctl} while a node can't start yet. Closed just before the node opens a server
 * of its own at the same path; may wait again afterwards.
 */
public final class Waiting implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

  /** Commands that work without a mesh; all others fail with the problem. */
  private static final Set<String> ANSWERED =
      Set.of(
          "status",
          "doctor",
          "config",
          "version",
          "completion",
          "log",
          "report",
          "wait",
          "help",
          "--help",
          "--version");

  private final MeshConfig config;
  private final LongSupplier clock;
  private final CommandRunner commands;
  private volatile @Nullable Problem problem;
  private volatile long since;
  private @Nullable ControlServer server;

  /**
   * Waits for nothing yet.
   *
   * @param clock nanoseconds, monotonic
   * @param commands makes the commands that an API answers
   */
  public Waiting(MeshConfig config, LongSupplier clock, Function<MeshApi, CommandRunner> commands) {
    this.config = config;
    this.clock = clock;
    this.commands = commands.apply(new WaitingApi(config, this::shown));
  }

  /** Answers with this problem from now on. */
  public void on(Problem missing) {
    Problem before = problem;
    if (before == null) {
      since = clock.getAsLong();
    }
    problem = missing;
    if (!missing.equals(before)) {
      LOG.warn(
          "not in the mesh yet: {}: {}; {}. Tried again at each change of links and addresses, and"
              + " every second",
          missing.code(),
          missing.message(),
          missing.fix());
    }
    if (server == null) {
      try {
        server = ControlServer.open(config.socket(), new WaitingCommands());
      } catch (ControlException e) {
        LOG.warn("meshctl is not answered meanwhile: {}; {}", e.getMessage(), e.fix());
      }
    }
  }

  private final class WaitingCommands implements CommandRunner {
    @Override
    public int run(List<String> argv, Console console) throws InterruptedException {
      if (argv.stream().anyMatch(ANSWERED::contains)) {
        return commands.run(argv, console);
      }
      Problem missing = shown();
      console.err().println("error: " + missing.message() + " (" + missing.code() + ")");
      console.err().println("fix: " + missing.fix());
      return 1;
    }

    @Override
    public Duration readersLimit(List<String> argv) {
      return commands.readersLimit(argv);
    }
  }

  private Problem shown() {
    Problem missing = Objects.requireNonNull(problem);
    long seconds = Duration.ofNanos(clock.getAsLong() - since).toSeconds();
    return new Problem(
        missing.code(),
        "not in the mesh for %d s: %s".formatted(seconds, missing.message()),
        missing.fix());
  }

  /** Stops answering. */
  @Override
  public void close() {
    ControlServer open = server;
    if (open != null) {
      open.close();
      server = null;
    }
  }

  /** Ends the wait: the node runs. */
  public void over() {
    problem = null;
  }
}
