package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code meshctl doctor --fix}: runs the commands of the checks that failed, on the host and with
 * the rights of the caller; the daemon's own process may have neither. What changes an object of
 * others runs only when its check is named.
 */
final class DoctorFix {
  /** Runs a command to its end. */
  @FunctionalInterface
  interface HostCommand {
    UpHost.Ran run(List<String> command) throws IOException, InterruptedException;
  }

  private final HostCommand host;
  private final Session session;
  private final Path programs;
  private final @Nullable String socket;

  /**
   * On a host.
   *
   * @param programs the directory of {@code meshctl}
   * @param socket the daemon's, null for the default
   */
  DoctorFix(HostCommand host, Session session, Path programs, @Nullable String socket) {
    this.host = host;
    this.session = session;
    this.programs = programs;
    this.socket = socket;
  }

  /**
   * Runs what may run.
   *
   * @param named the check whose commands run whatever they change; empty for our own objects'
   * @return the exit code: failed when a command failed or the named check has none
   */
  int run(String named) throws IOException, InterruptedException {
    UpHost.Ran asked = host.run(meshctl(List.of("-o", "json", "doctor")));
    Optional<Doctor> doctor = Doctor.parse(asked.said());
    if (doctor.isEmpty()) {
      session.err().print(asked.said());
      return asked.exit() == 0 ? ExitCode.FAILED : asked.exit();
    }
    int ran = 0;
    int failed = 0;
    int left = 0;
    for (Check check : doctor.get().checks()) {
      for (Remedy remedy : check.remedies()) {
        if (!remedy.ours() && !check.id().equals(named)) {
          left++;
          tell("left     ", check, remedy, "it changes what isn't ours, " + remedy.foreign());
        } else if (named.isEmpty() || check.id().equals(named)) {
          ran++;
          failed += apply(check, remedy) ? 0 : 1;
        }
      }
    }
    if (ran == 0) {
      session
          .out()
          .println(
              named.isEmpty()
                  ? "Nothing of ours needs a fix"
                  : "No fault of the check " + Text.safe(named) + " has a command");
    }
    if (left > 0) {
      session.out().println("to run such a command, name its check: meshctl doctor --fix CHECK");
    }
    return failed > 0 || (ran == 0 && !named.isEmpty()) ? ExitCode.FAILED : ExitCode.OK;
  }

  private boolean apply(Check check, Remedy remedy) throws InterruptedException {
    List<String> words = remedy.words();
    List<String> command =
        words.get(0).equals("meshctl") ? meshctl(words.subList(1, words.size())) : words;
    UpHost.Ran ran;
    try {
      ran = host.run(command);
    } catch (IOException e) {
      ran = new UpHost.Ran(1, String.valueOf(e.getMessage()));
    }
    if (ran.exit() == 0) {
      tell("ran      ", check, remedy, remedy.ours() ? "" : "it changed " + remedy.foreign());
      return true;
    }
    tell("FAILED   ", check, remedy, ran.said().strip());
    return false;
  }

  private void tell(String what, Check check, Remedy remedy, String note) {
    session.out().println(what + Text.safe(check.id()) + ": " + Text.safe(remedy.command()));
    note.lines().forEach(line -> session.out().println("         " + Text.safe(line)));
  }

  private List<String> meshctl(List<String> words) {
    List<String> command = new ArrayList<>(List.of(programs.resolve("meshctl").toString()));
    if (socket != null) {
      command.addAll(List.of("--socket", socket));
    }
    command.addAll(words);
    return command;
  }
}
