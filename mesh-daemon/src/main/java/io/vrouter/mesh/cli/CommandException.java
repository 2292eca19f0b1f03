package io.vrouter.mesh.cli;

/** A command ends with an exit code, a message and the next step. */
final class CommandException extends Exception {
  private final int exitCode;
  private final String fix;

  CommandException(int exitCode, String message, String fix) {
    super(message);
    this.exitCode = exitCode;
    this.fix = fix;
  }

  int exitCode() {
    return exitCode;
  }

  String fix() {
    return fix;
  }
}
