package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.control.Maintenance;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.model.Problem;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of one command: its caller, output and format. */
final class Session {
  /** Reaches the daemon, or throws the reason it can't. */
  @FunctionalInterface
  interface Source {
    MeshApi api() throws CommandException;
  }

  private final Source source;
  private final @Nullable Maintenance maintenance;
  private final Console console;
  private final Clock clock;
  private OutputFormat format = OutputFormat.TABLE;

  Session(Source source, @Nullable Maintenance maintenance, Console console, Clock clock) {
    this.source = source;
    this.maintenance = maintenance;
    this.console = console;
    this.clock = clock;
  }

  MeshApi api() throws CommandException {
    return source.api();
  }

  /** The daemon's process, or the reason it can't be reached. */
  Maintenance maintenance() throws CommandException {
    if (maintenance == null) {
      source.api();
      throw new IllegalStateException("a session without a daemon has no API");
    }
    return maintenance;
  }

  /**
   * Refuses in the daemon's process: the words come from another process with other rights, and no
   * word names a file of the daemon's.
   */
  void clientOnly() throws CommandException {
    if (maintenance != null) {
      throw new CommandException(
          ExitCode.USAGE, "this command reads and writes files in meshctl's own process only", "");
    }
  }

  /** Another run for the same caller, with its own output. */
  Session within(Console other) {
    return new Session(source, maintenance, other, clock);
  }

  /** The same for commands that change something. */
  MeshApi writableApi() throws CommandException {
    MeshApi api = source.api();
    if (!console.caller().mayWrite()) {
      throw readsOnly();
    }
    return api;
  }

  /** The refusal for a read-only user. */
  CommandException readsOnly() {
    return new CommandException(
        ExitCode.PERMISSION,
        "user " + Text.safe(console.caller().user()) + " may look but not change anything",
        "run this as root (sudo) or as the user meshd runs as");
  }

  Console console() {
    return console;
  }

  PrintWriter out() {
    return console.out();
  }

  PrintWriter err() {
    return console.err();
  }

  Clock clock() {
    return clock;
  }

  Paint paint() {
    return new Paint(console.colors());
  }

  OutputFormat format() {
    return format;
  }

  /** Whether people read the answer. */
  boolean isTable() {
    return format == OutputFormat.TABLE || format == OutputFormat.WIDE;
  }

  /** Whether nothing is to be shortened. */
  boolean isWide() {
    return format == OutputFormat.WIDE;
  }

  void format(OutputFormat chosen) {
    format = chosen;
  }

  /**
   * Prints the answer as JSON or YAML if requested; else returns false and the caller draws a
   * table.
   */
  boolean printed(Object answer) {
    switch (format) {
      case JSON -> out().println(Json.pretty(answer));
      case YAML -> out().print(Json.yaml(answer));
      case TABLE, WIDE, JUNIT -> {
        return false;
      }
    }
    return true;
  }

  /** Prints an error and the next step. */
  void complain(String message, String fix) {
    err().println("error: " + Text.safe(message));
    if (!fix.isEmpty()) {
      err().println("fix: " + Text.safe(fix));
    }
  }

  /**
   * The member with this name, id or beginning of an id.
   *
   * @throws MeshApiException when none or several match
   */
  static Members.Member find(Members members, String text) throws MeshApiException {
    List<Members.Member> found =
        members.members().stream().filter(member -> member.id().equals(text)).toList();
    if (found.isEmpty()) {
      found = members.members().stream().filter(member -> member.name().equals(text)).toList();
    }
    if (found.isEmpty() && text.length() >= 4) {
      found = members.members().stream().filter(member -> member.id().startsWith(text)).toList();
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new MeshApiException(
        found.isEmpty()
            ? new Problem(
                "unknown-node",
                "there is no member '" + text + "'",
                "'meshctl members --all' lists them: take a name, an id or its first digits")
            : new Problem(
                "ambiguous-node",
                "'" + text + "' is " + found.size() + " members",
                "take the id from 'meshctl members --all -o json'"));
  }
}
