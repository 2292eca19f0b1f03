package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.control.Caller;
import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The commands that {@code doctor --fix} runs, on a host that only writes them down. */
class DoctorFixTest {
  private static final Check OURS =
      new Check(
          "secrets",
          Check.Result.FAIL,
          "readable",
          "close it",
          List.of(new Remedy("chmod go= /var/lib/vrouter/identity", "")));

  private static final Check THEIRS =
      new Check(
          "ports",
          Check.Result.FAIL,
          "closed",
          "open it",
          List.of(
              new Remedy(
                  "nft insert rule inet wall in udp dport 4789 accept",
                  "table inet wall, chain in")));

  private final List<List<String>> ran = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String answer = Json.pretty(new Doctor(List.of(OURS, THEIRS)));
  private int exit;

  private int fix(String named) throws Exception {
    Console console =
        new Console(
            new PrintWriter(out),
            OutputStream.nullOutputStream(),
            new PrintWriter(err),
            false,
            0,
            true,
            new Caller("root", true),
            Runnable::run);
    Session.Source nobody =
        () -> {
          throw new CommandException(ExitCode.UNREACHABLE, "", "");
        };
    DoctorFix.HostCommand host =
        command -> {
          if (command.contains("doctor")) {
            assertThat(command)
                .containsExactly("/bin/meshctl", "--socket", "/s", "-o", "json", "doctor");
            return new UpHost.Ran(1, answer);
          }
          ran.add(command);
          return new UpHost.Ran(exit, "No such file\n");
        };
    Session session = new Session(nobody, null, console, Clock.systemUTC());
    return new DoctorFix(host, session, Path.of("/bin"), "/s").run(named);
  }

  @Test
  void withoutANameOnlyOursIsChangedAndTheRestIsNamed() throws Exception {
    assertThat(fix("")).isZero();
    assertThat(ran).containsExactly(List.of("chmod", "go=", "/var/lib/vrouter/identity"));
    assertThat(out.toString())
        .contains("ran      secrets: chmod go= /var/lib/vrouter/identity")
        .contains("left     ports: nft insert rule")
        .contains("isn't ours, table inet wall, chain in")
        .contains("doctor --fix CHECK");
  }

  @Test
  void aNamedCheckRunsItsCommandsOnly() throws Exception {
    assertThat(fix("ports")).isZero();
    assertThat(ran).hasSize(1);
    assertThat(ran.get(0)).startsWith("nft", "insert");
    assertThat(out.toString()).contains("it changed table inet wall, chain in");
    assertThat(fix("mtu")).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aCommandThatFailsIsReportedWithItsWords() throws Exception {
    exit = 1;
    assertThat(fix("")).isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).contains("FAILED   secrets", "No such file");
  }

  /** A daemon that was taken over can't have root run a command of its own. */
  @Test
  void anAnswerWithAnotherCommandIsNone() throws Exception {
    answer = answer.replace("chmod go= /var/lib/vrouter/identity", "chmod 4755 /tmp/sh");
    assertThat(fix("")).isEqualTo(ExitCode.FAILED);
    assertThat(ran).isEmpty();
  }

  @Test
  void withoutADaemonItsComplaintIsPrinted() throws Exception {
    answer = "error: meshd is not reachable\n";
    assertThat(fix("")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("not reachable");
  }
}
