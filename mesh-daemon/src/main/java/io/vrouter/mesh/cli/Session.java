package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.model.Problem;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;

/** One run of one command: its caller, output and format. */
final class Session {
  /** Reaches the daemon, or throws the reason it can't. */
  @FunctionalInterface
  interface Source {
    MeshApi api() throws CommandException;
  }

  private final Source source;
  private final Console console;
  private final Clock clock;
  private final boolean local;
  private OutputFormat format = OutputFormat.TABLE;

  /**
   * Creates a run.
   *
   * @param local whether it runs in the client's own process, with the caller's own rights
   */
  Session(Source source, Console console, Clock clock, boolean local) {
    this.local = local;
    this.source = source;
    this.console = console;
    this.clock = clock;
  }

  /** Whether a word may name a file: never in the daemon, which has other rights than the caller. */
  boolean local() {
    return local;
  }

  MeshApi api() throws CommandException {
    return source.api();
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
      case TABLE -> {
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
