package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Caller;
import io.vrouter.mesh.control.Console;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine;

/**
 * The same commands in the client's own process: those that need no daemon, and the usage errors.
 */
final class LocalMeshctl {
  private LocalMeshctl() {}

  /** Runs a command that needs no daemon. */
  static int run(String[] args) {
    return run(
        args,
        new CommandException(
            ExitCode.FAILED, "this command needs the daemon and was not sent to it", ""));
  }

  /** Reports a usage error, else that the daemon is unreachable. */
  static int unreachable(String[] args, String socket, String why) {
    return run(
        args,
        new CommandException(
            ExitCode.UNREACHABLE,
            "meshd is not reachable at "
                + socket
                + " ("
                + SocketOwner.of(Path.of(socket))
                + "): "
                + why,
            "start it: 'systemctl start meshd' where its unit is installed (then 'journalctl -u"
                + " meshd'), 'docker compose up -d' in the directory of its compose file (then"
                + " 'docker compose logs'), or 'meshd run'; another socket with --socket"));
  }

  /** As {@link Reconnection#first}. */
  static int waitFirst(String[] args, String socket, String why) {
    return Reconnection.first(args, socket, why);
  }

  /** As {@link Reconnection#next}. */
  static int waitOn(String[] args, String socket, long begin) {
    return Reconnection.next(args, socket, begin);
  }

  /** The commands with all their options, as picocli knows them. */
  static CommandLine model() {
    return MeshctlModel.of(
        session(new CommandException(ExitCode.FAILED, "only the model was wanted", "")));
  }

  private static int run(String[] args, CommandException noDaemon) {
    Session session = session(noDaemon);
    try {
      return MeshctlModel.execute(session, List.of(args));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    } finally {
      session.out().flush();
      session.err().flush();
    }
  }

  private static Session session(CommandException noDaemon) {
    Console console =
        new Console(
            writer(System.out),
            System.out,
            writer(System.err),
            "1".equals(System.getProperty("meshctl.tty")),
            Integer.getInteger("meshctl.columns", 0),
            !System.getenv().getOrDefault("NO_COLOR", "").isEmpty(),
            new Caller(System.getProperty("user.name", "?"), true),
            Runnable::run);
    Session.Source nobody =
        () -> {
          throw noDaemon;
        };
    return new Session(nobody, null, console, Clock.systemUTC());
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
  }
}
