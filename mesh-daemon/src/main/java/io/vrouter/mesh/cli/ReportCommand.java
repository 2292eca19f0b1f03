package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.Secret;
import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.Maintenance;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends the archive as the data of the command; the client writes the file. */
@Command(
    name = "report",
    description = {
      "One file for whoever helps: what all commands say, metrics and the kernel's state, without"
          + " secrets.",
      "Prints the name of the file."
    })
final class ReportCommand implements Callable<Integer> {
  private static final int COLUMNS = 200;

  /** By file name, the commands that a report contains. */
  private static final Map<String, List<String>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("status.txt", List.of("status", "-o", "wide"));
    COMMANDS.put("status.json", List.of("status", "-o", "json"));
    COMMANDS.put("members.txt", List.of("members", "--all", "-o", "wide"));
    COMMANDS.put("members.json", List.of("members", "--all", "-o", "json"));
    COMMANDS.put("routes.txt", List.of("routes"));
    COMMANDS.put("routes-withdrawn.txt", List.of("routes", "--withdrawn"));
    COMMANDS.put("networks.txt", List.of("networks"));
    COMMANDS.put("conflicts.txt", List.of("conflicts"));
    COMMANDS.put("events.txt", List.of("events"));
    COMMANDS.put("doctor.txt", List.of("doctor"));
    COMMANDS.put("plan.txt", List.of("plan"));
    COMMANDS.put("pools.txt", List.of("docker-pools"));
    COMMANDS.put("config.txt", List.of("config", "show"));
    COMMANDS.put("token.txt", List.of("token", "show"));
    COMMANDS.put("policy.txt", List.of("policy", "show"));
    COMMANDS.put("log-level.txt", List.of("log"));
    COMMANDS.put("version.txt", List.of("version"));
  }

  private final Session session;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "file to write, - for stdout (default vrouter-report-TIME.tar.gz here)")
  void file(String name) {
    // for the help and to be accepted: the client opens the file
  }

  ReportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    session.writableApi();
    Maintenance process = session.maintenance();
    session.err().println("collecting, without token, keys and environment");
    session.err().flush();
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> command : COMMANDS.entrySet()) {
      files.put(command.getKey(), output(command.getValue()));
    }
    files.putAll(process.dumps());
    long now = session.clock().instant().getEpochSecond();
    session.out().flush();
    try (OutputStream bytes = session.console().bytes();
        TarGz archive = new TarGz(bytes, now)) {
      for (Map.Entry<String, String> each : files.entrySet()) {
        String text = process.redacted(Secret.hidden(each.getValue()));
        archive.add("vrouter-report/" + each.getKey(), text.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED, "the client stopped reading: " + e.getMessage(), "run it again");
    }
    return ExitCode.OK;
  }

  /** A command's output and messages, and its exit code when it failed. */
  private String output(List<String> command) throws InterruptedException {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    Console mine = session.console();
    Console captured =
        new Console(
            writer,
            OutputStream.nullOutputStream(),
            writer,
            false,
            COLUMNS,
            true,
            mine.caller(),
            mine.afterwards());
    int code = MeshctlModel.execute(session.within(captured), command);
    writer.flush();
    return code == ExitCode.OK ? text.toString() : text + "exit code " + code + "\n";
  }
}
